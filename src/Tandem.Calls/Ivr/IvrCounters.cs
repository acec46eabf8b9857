using System.Collections.Concurrent;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>How often each step of each flow ended how, since the start of this node. Thread-safe.</summary>
public sealed class IvrCounters
{
    /// <summary>Steps that are counted. Default 100,000: a bound on memory; further ones are not.</summary>
    public const int MaxSteps = 100_000;

    private static readonly int Results = Enum.GetValues<IvrStepResult>().Length;

    private readonly ConcurrentDictionary<(TenantId Tenant, string Flow, string Step), long[]> _steps = new();
    private long _runs;

    /// <summary>Runs that began.</summary>
    public long Runs => Volatile.Read(ref _runs);

    /// <summary>Steps that are counted.</summary>
    public int Count => _steps.Count;

    /// <summary>A run began.</summary>
    public void CountRun() => Interlocked.Increment(ref _runs);

    /// <summary>A step ended.</summary>
    public void CountStep(TenantId tenant, string flow, string step, IvrStepResult result)
    {
        var key = (tenant, flow, step);
        if (!_steps.TryGetValue(key, out var counts))
        {
            if (_steps.Count >= MaxSteps)
                return;

            counts = _steps.GetOrAdd(key, static _ => new long[Results]);
        }

        Interlocked.Increment(ref counts[(int)result]);
    }

    /// <summary>The counts of one step, by <see cref="IvrStepResult"/>.</summary>
    public IReadOnlyList<long> Of(TenantId tenant, string flow, string step) =>
        _steps.TryGetValue((tenant, flow, step), out var counts) ? [.. counts] : new long[Results];
}
