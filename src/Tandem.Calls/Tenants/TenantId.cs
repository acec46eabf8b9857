namespace Tandem.Calls.Tenants;

/// <summary>The key of a tenant. Everything that is stored belongs to one.</summary>
public readonly record struct TenantId(string Value)
{
    /// <summary>The tenant of an installation that has only one.</summary>
    public static readonly TenantId Default = new("default");

    private const int LongestValue = 64;

    /// <summary>True for 1 to 64 of a-z, 0-9 and -, which neither begins nor ends it: what a new tenant may be called, and what is safe as the name of a folder.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= LongestValue && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public override string ToString() => Value;
}
