using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Computes handshakes where they are asked for: for sessions without threads, in virtual time.</summary>
internal sealed class InlineHandshakes : IHandshakeDesk
{
    private InlineHandshakes()
    {
    }

    public static InlineHandshakes Instance { get; } = new();

    public bool TryStart(IHandshakeWork work, Moment now)
    {
        work.Compute();
        work.Finish(now);
        return true;
    }
}
