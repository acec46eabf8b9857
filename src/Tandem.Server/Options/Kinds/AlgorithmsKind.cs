using Tandem.Sip.Authentication;

namespace Tandem.Server.Options.Kinds;

/// <summary>Digest algorithms in the order of the challenge.</summary>
public sealed class AlgorithmsKind : ValueKind
{
    public static readonly AlgorithmsKind Instance = new();

    public override string Accepts => "MD5, SHA-256, or both separated by a comma in the order of the challenge";

    public override bool TryParse(string text, Type target, out object? value)
    {
        var accepted = DigestAlgorithms.TryParse(text, out var algorithms);
        value = algorithms;
        return accepted;
    }

    public override string Format(object? value) => value?.ToString() ?? "";
}
