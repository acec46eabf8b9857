using Tandem.Core.Net;

namespace Tandem.Server.Options.Kinds;

/// <summary>Networks as <c>192.0.2.0/24</c>, separated by commas; <c>none</c> for none.</summary>
public sealed class PrefixListKind : ValueKind
{
    private const string None = "none";

    public static readonly PrefixListKind Instance = new();

    public override string Accepts => "networks like 192.0.2.0/24 or 2001:db8::/32 separated by commas, or none";

    public override bool TryParse(string text, Type target, out object? value)
    {
        var prefixes = new List<NetPrefix>();
        value = prefixes;
        if (text.Equals(None, StringComparison.OrdinalIgnoreCase))
            return true;

        foreach (var element in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!NetPrefix.TryParse(element, out var prefix))
                return false;

            prefixes.Add(prefix);
        }

        return prefixes.Count > 0;
    }

    public override string Format(object? value) => value is IReadOnlyList<NetPrefix> { Count: > 0 } prefixes ? string.Join(',', prefixes) : None;
}
