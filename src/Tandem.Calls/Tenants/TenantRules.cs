namespace Tandem.Calls.Tenants;

/// <summary>What the fields of a tenant may be.</summary>
public static class TenantRules
{
    private const int LongestName = 100;
    private const int LongestDomain = 253;
    private const decimal MostMoney = 1_000_000_000;
    private const int LongestLabel = 63;

    /// <summary>The first field that is not accepted; null when all are.</summary>
    public static FieldProblem? Find(Tenant tenant)
    {
        if (!TenantId.IsValid(tenant.Id.Value))
            return new FieldProblem("id", "1 to 64 of a-z, 0-9 and -, which neither begins nor ends it");
        if (tenant.DisplayName.Length is 0 or > LongestName || tenant.DisplayName.Any(char.IsControl))
            return new FieldProblem("displayName", $"1 to {LongestName} characters, none of them a control character");
        if (tenant.Domain is { } domain && !IsDomain(domain))
            return new FieldProblem("domain", "a host name in lower case like pbx.example.org, or null");
        if (!IsTimeZone(tenant.TimeZone))
            return new FieldProblem("timeZone", "an IANA time zone like Europe/Berlin that this machine knows, or UTC");
        if (!IsLanguage(tenant.Language))
            return new FieldProblem("language", "a language like en or pt-BR (BCP 47)");

        return Find(tenant.Limits);
    }

    private static FieldProblem? Find(TenantLimits limits)
    {
        const string accepted = "a number from 0 (no limit) on";
        if (limits.Calls < 0)
            return new FieldProblem("limits.calls", accepted);
        if (limits.CallsPerSecond < 0)
            return new FieldProblem("limits.callsPerSecond", accepted);
        if (limits.Registrations < 0)
            return new FieldProblem("limits.registrations", accepted);

        if (limits.StorageBytes < 0)
            return new FieldProblem("limits.storageBytes", accepted);

        return limits.SpendPerDay is < 0 or > MostMoney ? new FieldProblem("limits.spendPerDay", $"a number from 0 (no limit) to {MostMoney}") : null;
    }

    // RFC 1123 §2.1 and RFC 1034 §3.5.
    private static bool IsDomain(string text) =>
        text.Length is > 0 and <= LongestDomain && text.Split('.').All(label =>
            label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        && text.Any(char.IsAsciiLetterLower);

    private static bool IsTimeZone(string text) =>
        text.Length is > 0 and <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) && (zone.HasIanaId || text == "UTC");

    private static bool IsLanguage(string text)
    {
        var parts = text.Split('-');
        return text.Length <= 35 && parts[0].Length is 2 or 3 && parts[0].All(char.IsAsciiLetterLower)
            && parts.Skip(1).All(part => part.Length is > 0 and <= 8 && part.All(char.IsAsciiLetterOrDigit));
    }
}
