using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Server.Options.Kinds;

/// <summary>Names of SIP header fields, separated by commas; <c>none</c> for an empty list.</summary>
public sealed class HeaderListKind : ValueKind
{
    private const string None = "none";

    public static readonly HeaderListKind Instance = new();

    public override string Accepts => "names of SIP headers that Tandem knows, separated by commas, or none";

    public override bool TryParse(string text, Type target, out object? value)
    {
        var names = new List<HeaderName>();
        value = names;
        if (text.Equals(None, StringComparison.OrdinalIgnoreCase))
            return true;

        foreach (var element in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var name = HeaderNames.Find(Encoding.UTF8.GetBytes(element));
            if (name == HeaderName.Other)
                return false;

            names.Add(name);
        }

        return names.Count > 0;
    }

    public override string Format(object? value) =>
        value is IReadOnlyList<HeaderName> { Count: > 0 } names ? string.Join(',', names.Select(n => Encoding.ASCII.GetString(HeaderNames.Text(n)))) : None;
}
