using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Core.Time;

namespace Tandem.Calls.Tenants;

/// <summary>
/// Which tenant a SIP domain means (RFC 3261 §10.3 step 1), and which numbers a tenant can have. A host that is no tenant's domain, as the
/// address of this exchange, means the home tenant. Shared by the shards.
/// </summary>
/// <param name="home">The tenant of phones that name no domain.</param>
/// <param name="range">EXT_MIN to EXT_MAX: the numbers of the home tenant. Those of the others are the ones that were made.</param>
/// <param name="directory">The tenants; null for the home tenant alone.</param>
public sealed class TenantDomains(TenantId home, ExtensionRange range, ITenantDirectory? directory = null)
{
    private const int LongestHost = 253;
    private const int LongestNumber = 32;

    /// <summary>The tenant of phones that name no domain.</summary>
    public TenantId Home => home;

    /// <summary>The tenant that a host means; null when that one is disabled.</summary>
    public TenantId? Of(ReadOnlySpan<byte> host)
    {
        if (directory is null)
            return home;

        if (host.Length is > 0 and <= LongestHost)
        {
            Span<char> text = stackalloc char[LongestHost];
            var length = Encoding.Latin1.GetChars(host, text);
            if (directory.FindByDomain(text[..length]) is { } tenant)
                return tenant.Enabled ? tenant.Id : null;
        }

        return directory.Find(home) is { Enabled: false } ? null : home;
    }

    /// <summary>True while a tenant may call and be called.</summary>
    public bool IsEnabled(TenantId tenant) => directory is null ? tenant == home : directory.Find(tenant) is { Enabled: true };

    /// <summary>What phones of a tenant see behind the @; empty for the one of the installation.</summary>
    public string DomainOf(TenantId tenant) => directory?.Find(tenant)?.Domain ?? "";

    /// <summary>Hears who was refused by which limit, what it may have, and when; it must neither block nor throw. Set before the loops start.</summary>
    public Action<TenantId, TenantLimit, int, Moment>? LimitReached { get; set; }

    /// <summary>How much a tenant may use.</summary>
    public TenantLimits LimitsOf(TenantId tenant) => directory?.Find(tenant)?.Limits ?? TenantLimits.None;

    /// <summary>Whether a tenant can have that number at all; that it has it, the directory of extensions says.</summary>
    public bool CanHave(TenantId tenant, ReadOnlySpan<char> number) => tenant == home ? range.Contains(number) : number.Length is > 0 and <= LongestNumber;
}
