using System.Collections.Concurrent;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Metrics;

/// <summary>
/// Counts calls from the event stream, in document 3's names and by tenant. Tenants have the label <c>tenant</c> only as long as they are
/// among the busiest; the others are one sample together, so that the page stays small with any number of them.
/// </summary>
public sealed class CallMeter : IEventSink, IMetricSource
{
    private const int MostTenants = 50;
    private const string Others = "other";

    private static readonly string[] Statuses = ["initiated", "ringing", "answered", "completed", "failed", "busy", "no_answer"];
    private static readonly string[] Directions = ["incoming", "outgoing", "internal"];
    private static readonly double[] MosBounds = [1.5, 2, 2.5, 3, 3.3, 3.6, 3.9, 4.1, 4.3, 4.5];

    private readonly long[] _calls = new long[Statuses.Length * Directions.Length];
    private readonly Histogram[] _durations = [new(Histogram.CallBounds), new(Histogram.CallBounds), new(Histogram.CallBounds)];
    private readonly Histogram _setup = new();
    private readonly Histogram _mos = new(MosBounds);
    private readonly long[] _byReason = new long[Enum.GetValues<EndReason>().Length];
    private readonly long[] _trips = new long[Enum.GetValues<TollRule>().Length];
    private readonly ConcurrentDictionary<TenantId, Tally> _tenants = new();

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is not CallEvent { Call: var call })
        {
            if (exchangeEvent is TollTripped tripped)
                Interlocked.Increment(ref _trips[(int)tripped.Rule]);
            return;
        }

        var direction = DirectionOf(call);
        switch (exchangeEvent)
        {
            case CallCreated:
                Count("initiated", direction);
                var born = _tenants.GetOrAdd(call.Tenant, static _ => new Tally());
                Interlocked.Increment(ref born.Active);
                Interlocked.Increment(ref born.Total);
                break;
            case CallRinging:
                Count("ringing", direction);
                break;
            case CallAnswered answered:
                Count("answered", direction);
                _setup.Observe((answered.At - call.InitiatedAt).TotalSeconds);
                break;
            case CallEnded ended:
                Count(StatusOf(ended.Record), direction);
                End(ended.Record, direction);
                break;
            default:
                break;
        }
    }

    /// <summary>The record that a program keeps of a call has come into a status (document 3's routes).</summary>
    /// <param name="direction"><c>incoming</c> or <c>outgoing</c>.</param>
    /// <param name="status">The status.</param>
    /// <param name="seconds">How long the call lasted, when it has ended.</param>
    public void CountRecord(string direction, string status, long? seconds)
    {
        var index = Array.IndexOf(Directions, direction);
        Count(status, index);
        if (seconds is { } duration)
            _durations[index].Observe(duration);
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        page.Family("calls_total", "counter", "Calls that came into a status, by direction.");
        for (var direction = 0; direction < Directions.Length; direction++)
        {
            for (var status = 0; status < Statuses.Length; status++)
                page.Sample(Volatile.Read(ref _calls[(direction * Statuses.Length) + status]), ("direction", Directions[direction]), ("status", Statuses[status]));
        }

        page.Family("call_duration_seconds", "histogram", "From the answer to the end of answered calls.");
        for (var direction = 0; direction < Directions.Length; direction++)
            page.Sample(_durations[direction], ("direction", Directions[direction]));

        page.Family("tandem_call_setup_seconds", "histogram", "From the INVITE to the answer.").Sample(_setup);
        page.Family("tandem_call_mos", "histogram", "Mean opinion score of what came from each side of an answered call, at its end.").Sample(_mos);
        page.Family("tandem_calls_ended_total", "counter", "Calls that ended, by the reason of their verdict.");
        for (var reason = 0; reason < _byReason.Length; reason++)
            page.Sample(Volatile.Read(ref _byReason[reason]), ("reason", ((EndReason)reason).ToString()));

        page.Family("tandem_toll_trips_total", "counter", "Calls to outside that the toll guard refused, by its rule.");
        for (var rule = 0; rule < _trips.Length; rule++)
            page.Sample(Volatile.Read(ref _trips[rule]), ("rule", ((TollRule)rule).ToString()));

        WriteTenants(page);
    }

    // Document 3 tells calls from outside from those to outside; one between two extensions is neither.
    private static int DirectionOf(CallSnapshot call) => call.Direction switch
    {
        CallDirection.Inbound => 0,
        CallDirection.Outbound => 1,
        _ => 2,
    };

    /// <summary>The last status of a call in document 3's words.</summary>
    internal static string StatusOf(CallDetailRecord record) => record switch
    {
        { AnsweredAt: not null } => "completed",
        { Verdict.Reason: EndReason.Busy } => "busy",
        { Verdict.Reason: EndReason.NoAnswer or EndReason.Cancelled or EndReason.SetupTimeout } => "no_answer",
        _ => "failed",
    };

    private void Count(string status, int direction) => Interlocked.Increment(ref _calls[(direction * Statuses.Length) + Array.IndexOf(Statuses, status)]);

    private void End(CallDetailRecord record, int direction)
    {
        Interlocked.Increment(ref _byReason[(int)record.Verdict.Reason]);
        if (_tenants.TryGetValue(record.Tenant, out var tally))
            Interlocked.Decrement(ref tally.Active);
        if (record.AnsweredAt is null)
            return;

        _durations[direction].Observe(record.Duration.TotalSeconds);
        if (record.FromCaller.Mos is { } caller)
            _mos.Observe(caller);
        if (record.FromCallee.Mos is { } callee)
            _mos.Observe(callee);
    }

    private void WriteTenants(PrometheusWriter page)
    {
        var tenants = _tenants.Select(pair => (Name: pair.Key.Value, Active: Volatile.Read(ref pair.Value.Active), Total: Volatile.Read(ref pair.Value.Total)))
            .OrderByDescending(tenant => tenant.Total).ThenBy(tenant => tenant.Name, StringComparer.Ordinal).ToList();
        var rest = tenants.Skip(MostTenants).ToList();
        page.Family("tandem_tenant_calls", "gauge", "Calls in progress of the busiest tenants, and of all others together.");
        foreach (var tenant in tenants.Take(MostTenants))
            page.Sample(tenant.Active, ("tenant", tenant.Name));
        if (rest.Count > 0)
            page.Sample(rest.Sum(tenant => tenant.Active), ("tenant", Others));

        page.Family("tandem_tenant_calls_total", "counter", "Calls of the busiest tenants, and of all others together.");
        foreach (var tenant in tenants.Take(MostTenants))
            page.Sample(tenant.Total, ("tenant", tenant.Name));
        if (rest.Count > 0)
            page.Sample(rest.Sum(tenant => tenant.Total), ("tenant", Others));
    }

    private sealed class Tally
    {
        public long Active;
        public long Total;
    }
}
