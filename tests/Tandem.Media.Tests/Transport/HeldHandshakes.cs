using Tandem.Core.Time;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

/// <summary>A desk whose turns wait until the test has them computed, on a thread of its own, and finished.</summary>
internal sealed class HeldHandshakes : IHandshakeDesk
{
    private readonly Queue<IHandshakeWork> _waiting = new();
    private readonly Queue<IHandshakeWork> _computed = new();

    public int Waiting => _waiting.Count;

    /// <summary>When false, nothing more is taken.</summary>
    public bool Takes { get; set; } = true;

    public bool TryStart(IHandshakeWork work, Moment now)
    {
        if (Takes)
            _waiting.Enqueue(work);
        return Takes;
    }

    /// <summary>Computes the first turn that waits; its end is not told yet.</summary>
    public void Compute()
    {
        var work = _waiting.Dequeue();
        var thread = new Thread(work.Compute);
        thread.Start();
        thread.Join();
        _computed.Enqueue(work);
    }

    public void Finish(Moment now) => _computed.Dequeue().Finish(now);

    /// <summary>Computes and finishes all that waits, and what comes of it; how many turns that were.</summary>
    public int Run(Moment now)
    {
        var turns = 0;
        for (; _waiting.Count > 0; turns++)
        {
            Compute();
            Finish(now);
        }

        return turns;
    }
}
