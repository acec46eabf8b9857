using Tandem.Calls.Tenants;
using Tandem.Core.Net;

namespace Tandem.Calls.Trunks;

/// <summary>An immutable picture of how a profile stands; the shard of the profile replaces it at every change.</summary>
public sealed record ProfileState
{
    public required ProfileId Id { get; init; }

    public required TenantId Tenant { get; init; }

    public required ProfileStatus Status { get; init; }

    /// <summary>Since when it has that status, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the registration ends unless it is refreshed; null without one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the next REGISTER is due; null when none is.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The status of the provider's last answer; 0 before the first one, 408 for none in time.</summary>
    public int SipStatus { get; init; }

    /// <summary>What that means, in plain words.</summary>
    public string Text { get; init; } = "";

    /// <summary>The provider's own words: reason phrase and Warning of that answer; empty when there were none.</summary>
    public string ProviderText { get; init; } = "";

    /// <summary>Where the last REGISTER went, <c>transport:address:port</c>; empty before the first one.</summary>
    public string Target { get; init; } = "";

    /// <summary>The server that took our last registration; the default before the first one. In-dialog challenges are answered to it, whatever else the profile names.</summary>
    public NetAddress Registrar { get; init; }

    /// <summary>Our address as the provider sees it, <c>address:port</c>; empty when it did not say.</summary>
    public string PublicAddress { get; init; } = "";

    /// <summary>The same without its port; unspecified for our own.</summary>
    public NetAddress PublicHost
    {
        get
        {
            var host = PublicAddress.EndsWith(']') || !PublicAddress.Contains(':', StringComparison.Ordinal) ? PublicAddress : PublicAddress[..PublicAddress.LastIndexOf(':')];
            return NetAddress.TryParse(host.Trim('[', ']'), 0, out var address) ? address : default;
        }
    }

    /// <summary>False while the provider does not answer OPTIONS; null when it is not asked.</summary>
    public bool? IsReachable { get; init; }

    /// <summary>Tries that failed since the last one that did not.</summary>
    public int Failures { get; init; }

    /// <summary>What happened, the oldest first; bounded.</summary>
    public IReadOnlyList<ProfileHistoryEntry> History { get; init; } = [];

    /// <summary>True when calls may be sent there.</summary>
    public bool IsUsable => Status is ProfileStatus.Registered or ProfileStatus.Ready && IsReachable != false;
}
