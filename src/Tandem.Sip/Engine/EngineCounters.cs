using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>The counters of one engine. One loop writes; anyone may read a value at any time.</summary>
public sealed class EngineCounters
{
    private static readonly int States = Enum.GetValues<TransactionState>().Length;

    private readonly long[] _counts = new long[Enum.GetValues<EngineCounter>().Length];
    private readonly long[] _transitions = new long[Enum.GetValues<TransactionKind>().Length * States];
    private readonly long[] _responses = new long[7];
    private readonly RequestMeter[] _requests = [.. Enum.GetValues<SipMethod>().Select(_ => new RequestMeter())];

    /// <summary>The value of one counter.</summary>
    public long this[EngineCounter counter] => Volatile.Read(ref _counts[(int)counter]);

    /// <summary>How often machines of this kind have entered this state.</summary>
    public long Transitions(TransactionKind kind, TransactionState state) => Volatile.Read(ref _transitions[((int)kind * States) + (int)state]);

    /// <summary>Responses sent of one class, 1 (provisional) to 6.</summary>
    public long ResponsesSent(int statusClass) => Volatile.Read(ref _responses[statusClass]);

    /// <summary>How requests of a method were answered, and how soon.</summary>
    public RequestMeter Requests(SipMethod method) => _requests[(int)method];

    internal void Count(EngineCounter counter) => _counts[(int)counter]++;

    internal void CountTransition(TransactionKind kind, TransactionState state) => _transitions[((int)kind * States) + (int)state]++;

    internal void CountResponseSent(int status)
    {
        _counts[(int)EngineCounter.ResponsesSent]++;
        _responses[status / 100]++;
    }
}
