using System.Diagnostics;

namespace Tandem.Load.Sip;

/// <summary>A kind of operation and its state. Slots are the operations that can be open at once.</summary>
internal abstract class Scenario(GeneratorOptions options)
{
    private static readonly double MicrosecondsPerTick = 1e6 / Stopwatch.Frequency;

    /// <summary>Slots that are free to begin an operation.</summary>
    public Queue<int> Free { get; } = new();

    /// <summary>Operations that ended well.</summary>
    public long Done { get; private set; }

    /// <summary>Operations that ended otherwise, or not at all.</summary>
    public long Failed { get; private set; }

    /// <summary>Operations begun.</summary>
    public long Begun { get; protected set; }

    /// <summary>Operations under way.</summary>
    public long Open => Begun - Done - Failed;

    /// <summary>What the last failure was.</summary>
    public string LastFailure { get; private set; } = "";

    /// <summary>True while latencies are to be counted.</summary>
    public bool Counts { get; set; }

    /// <summary>Named latencies in microseconds.</summary>
    public Dictionary<string, Histogram> Latencies { get; } = [];

    protected GeneratorOptions Options => options;

    protected MessageBuilder Builder { get; } = new();

    /// <summary>Now, in microseconds.</summary>
    public static double Now => Stopwatch.GetTimestamp() * MicrosecondsPerTick;

    /// <summary>True when operations may begin.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Prepares what must be there before the first operation: registrations of the called side.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Begins an operation in a free slot.</summary>
    public abstract void Begin(int slot);

    /// <summary>Takes a message.</summary>
    public abstract void Take(Link link, ReadOnlySpan<byte> message);

    /// <summary>Called every millisecond or so.</summary>
    public abstract void Tick();

    protected void Succeed(int slot)
    {
        Done++;
        Free.Enqueue(slot);
    }

    protected void Fail(int slot, string why)
    {
        Failed++;
        LastFailure = why;
        Free.Enqueue(slot);
    }

    protected void Count(string name, double microseconds)
    {
        if (!Counts)
            return;

        if (!Latencies.TryGetValue(name, out var histogram))
            Latencies[name] = histogram = new Histogram();

        histogram.Add(microseconds);
    }
}
