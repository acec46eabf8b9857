namespace Tandem.Calls.Tenants;

/// <summary>A customer of the installation, with numbers, people, calls and recordings of its own.</summary>
/// <param name="DisplayName">What people call it.</param>
public sealed record Tenant(TenantId Id, string DisplayName)
{
    /// <summary>The SIP domain of its phones in lower case; null for a tenant that is found by no domain.</summary>
    public string? Domain { get; init; }

    /// <summary>False: nobody signs in, registers or calls.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The IANA name of its time zone, for example <c>Europe/Berlin</c>: schedules and reports follow it.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The language of its prompts (BCP 47), for example <c>en</c> or <c>pt-BR</c>.</summary>
    public string Language { get; init; } = "en";

    public TenantLimits Limits { get; init; } = new();

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Grows with every change.</summary>
    public long Version { get; init; }
}
