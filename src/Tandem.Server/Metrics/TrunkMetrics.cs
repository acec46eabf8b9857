using Tandem.Calls.Calls;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Server.Metrics;

/// <summary>
/// SIP profiles and limits of tenants as numbers. The first 50 of either are a label for as long as the exchange runs; the others are one sample together, which never
/// falls where it counts. Pages may be written by several threads at once.
/// </summary>
public sealed class TrunkMetrics
{
    private const int Most = 50;
    private const string Others = "other";

    private readonly KeptLabels<ProfileId> _profiles = new(Most);
    private readonly KeptLabels<TenantId> _tenants = new(Most);
    private readonly Lock _lock = new();
    private readonly HashSet<ProfileUsage> _together = []; // of profiles without a label that are there
    private long _goneOutbound; // of those that were deleted
    private long _goneInbound;
    private long _goneRefused;

    public void Write(PrometheusWriter page, Exchange exchange)
    {
        var states = exchange.Trunks.Count();
        page.Family("tandem_profiles", "gauge", "SIP profiles by how they stand.");
        foreach (var status in Enum.GetValues<ProfileStatus>())
            page.Sample(states.GetValueOrDefault(status), ("status", status.ToString().ToLowerInvariant()));

        var counters = exchange.Shards.Select(shard => shard.TrunkCounters).ToList();
        page.Family("tandem_profile_registers_total", "counter", "REGISTERs to providers: sent, and what became of the tries.")
            .Sample(counters.Sum(c => c.Sent), ("result", "sent")).Sample(counters.Sum(c => c.Registered), ("result", "registered")).Sample(counters.Sum(c => c.Failed), ("result", "failed"));

        page.Family("tandem_profile_unproven_total", "counter", "Calls in the name of providers that were treated as a stranger's: without the certificate that the SIP profile requires.")
            .Sample(exchange.Trunks.Unproven);
        WriteCalls(page, exchange.Trunks.Usages());
        WriteRefusals(page, exchange.Refusals.All());
    }

    /// <summary>The calls of the profiles that there are.</summary>
    internal void WriteCalls(PrometheusWriter page, IReadOnlyList<(ProfileId Id, TenantId Tenant, ProfileUsage Usage)> usages)
    {
        // One page at a time, or an older list would take what a newer one has for deleted.
        lock (_lock)
        {
            var ordered = usages.OrderByDescending(static u => u.Usage.Outbound + u.Usage.Inbound).ThenBy(static u => u.Id.Value, StringComparer.Ordinal).ToList();
            var named = ordered.Where(u => _profiles.Has(u.Id)).ToList();
            Fold(ordered.Where(u => !_profiles.Has(u.Id)).Select(static u => u.Usage).ToHashSet());

            page.Family("tandem_profile_calls", "gauge", "Calls in progress of the SIP profiles that carried calls first, and of all others together.");
            Each(page, named, static u => u.Calls, 0);
            page.Family("tandem_profile_calls_total", "counter", "Calls of the SIP profiles that carried calls first, and of all others together.");
            Each(page, named, static u => u.Outbound, _goneOutbound, ("direction", "outgoing"));
            Each(page, named, static u => u.Inbound, _goneInbound, ("direction", "incoming"));
            page.Family("tandem_profile_full_total", "counter", "Calls that a SIP profile had no place for (maxCalls, maxCallsPerSecond).");
            Each(page, named, static u => u.Refused, _goneRefused);
        }
    }

    /// <summary>What the limits of tenants refused.</summary>
    internal void WriteRefusals(PrometheusWriter page, IReadOnlyList<(TenantId Tenant, TenantLimit Limit, long Refused)> refusals)
    {
        page.Family("tandem_tenant_refused_total", "counter", "Calls and registrations refused by a limit of their tenant.");
        foreach (var byLimit in refusals.GroupBy(static refused => refused.Limit).OrderBy(static group => group.Key))
        {
            var limit = PublicWord(byLimit.Key);
            var (others, hasOthers) = (0L, false);
            foreach (var (tenant, _, refused) in byLimit.OrderByDescending(static refused => refused.Refused).ThenBy(static refused => refused.Tenant.Value, StringComparer.Ordinal))
            {
                if (_tenants.Has(tenant))
                    page.Sample(refused, ("tenant", tenant.Value), ("limit", limit));
                else
                    (others, hasOthers) = (others + refused, true);
            }

            if (hasOthers)
                page.Sample(others, ("tenant", Others), ("limit", limit));
        }
    }

    // What a deleted profile had counted stays in the sum.
    private void Fold(HashSet<ProfileUsage> there)
    {
        foreach (var usage in _together)
        {
            if (there.Contains(usage))
                continue;

            _goneOutbound += usage.Outbound;
            _goneInbound += usage.Inbound;
            _goneRefused += usage.Refused;
        }

        _together.Clear();
        _together.UnionWith(there);
    }

    private void Each(
        PrometheusWriter page, List<(ProfileId Id, TenantId Tenant, ProfileUsage Usage)> named, Func<ProfileUsage, long> number, long gone, params (string, string)[] labels)
    {
        foreach (var (id, tenant, usage) in named)
            page.Sample(number(usage), [("tenant", tenant.Value ?? ""), ("profile", id.Value), .. labels]);
        if (_together.Count > 0 || _goneOutbound + _goneInbound > 0)
            page.Sample(gone + _together.Sum(number), [("tenant", Others), ("profile", Others), .. labels]);
    }

    private static string PublicWord(TenantLimit limit) => limit switch
    {
        TenantLimit.Calls => "calls",
        TenantLimit.CallsPerSecond => "calls_per_second",
        _ => "registrations",
    };
}
