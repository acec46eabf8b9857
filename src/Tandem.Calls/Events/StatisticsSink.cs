using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>
/// Counts calls and keeps the last registrations of each tenant, for the API. Thread-safe; one short lock, taken once per
/// event and never while calling out.
/// </summary>
/// <param name="historySize">Registration records kept per tenant; the oldest goes first. Default 1,000.</param>
public sealed class StatisticsSink(int historySize = 1_000) : IEventSink
{
    private static readonly int Reasons = Enum.GetValues<EndReason>().Length;

    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Tally> _tenants = [];

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        switch (exchangeEvent)
        {
            case CallCreated:
                lock (_lock)
                    TallyOf(exchangeEvent.Tenant).Created++;
                break;
            case CallEnded ended:
                lock (_lock)
                    TallyOf(exchangeEvent.Tenant).Add(ended.Record);
                break;
            case RegistrationEvent registration:
                var binding = registration.Binding;
                var remote = binding.Flow.Remote;
                var record = new RegistrationRecord(
                    registration.Change, binding.Number, remote.HostText(), remote.Port, binding.ExpiresSeconds, registration.At);
                lock (_lock)
                    TallyOf(exchangeEvent.Tenant).Add(record, historySize);
                break;
            default:
                break;
        }
    }

    /// <summary>The totals of <paramref name="tenant"/>.</summary>
    public CallStatistics Calls(TenantId tenant)
    {
        lock (_lock)
            return TallyOf(tenant).Snapshot();
    }

    /// <summary>How many registration records are kept for <paramref name="tenant"/>.</summary>
    public int RegistrationHistoryCount(TenantId tenant)
    {
        lock (_lock)
            return TallyOf(tenant).History.Count;
    }

    /// <summary>Registration records, oldest first.</summary>
    public IReadOnlyList<RegistrationRecord> RegistrationHistory(TenantId tenant, int limit = 50, int offset = 0)
    {
        lock (_lock)
            return [.. TallyOf(tenant).History.Skip(Math.Max(offset, 0)).Take(Math.Max(limit, 0))];
    }

    /// <summary>Sets the totals of the calls back to zero.</summary>
    public void ClearCalls(TenantId tenant)
    {
        lock (_lock)
            TallyOf(tenant).ClearCalls();
    }

    /// <summary>Empties the registration history.</summary>
    public void ClearRegistrations(TenantId tenant)
    {
        lock (_lock)
            TallyOf(tenant).History.Clear();
    }

    private Tally TallyOf(TenantId tenant)
    {
        if (_tenants.TryGetValue(tenant, out var tally))
            return tally;

        tally = new Tally();
        _tenants.Add(tenant, tally);
        return tally;
    }

    private sealed class Tally
    {
        private readonly long[] _byReason = new long[Reasons];
        private long _ended;
        private long _answered;
        private TimeSpan _talked;

        public long Created { get; set; }

        public Queue<RegistrationRecord> History { get; } = new();

        public void Add(CallDetailRecord record)
        {
            _ended++;
            _byReason[(int)record.Verdict.Reason]++;
            if (record.AnsweredAt is null)
                return;

            _answered++;
            _talked += record.Duration;
        }

        public void Add(RegistrationRecord record, int limit)
        {
            while (History.Count >= limit && History.Count > 0)
                History.Dequeue();

            if (limit > 0)
                History.Enqueue(record);
        }

        public void ClearCalls()
        {
            Array.Clear(_byReason);
            Created = 0;
            _ended = 0;
            _answered = 0;
            _talked = TimeSpan.Zero;
        }

        public CallStatistics Snapshot()
        {
            var reasons = new Dictionary<EndReason, long>();
            for (var i = 0; i < _byReason.Length; i++)
            {
                if (_byReason[i] > 0)
                    reasons.Add((EndReason)i, _byReason[i]);
            }

            return new CallStatistics(Created, _ended, _answered, _answered == 0 ? 0 : _talked.TotalSeconds / _answered, reasons);
        }
    }
}
