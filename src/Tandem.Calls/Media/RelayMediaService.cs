using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Core.Time;
using Tandem.Media;

namespace Tandem.Calls.Media;

/// <summary>Calls' media by the relay of this process. Thread-safe.</summary>
public sealed class RelayMediaService(MediaRelay relay, IWallClock clock) : IMediaService
{
    /// <inheritdoc/>
    public int PortsInUse => relay.PortsInUse;

    /// <inheritdoc/>
    public int PortsInQuarantine => relay.PortsInQuarantine;

    /// <inheritdoc/>
    public IMediaSession? Open(CallId call, Action<CallSide> silent)
    {
        var session = relay.Open(side => silent(side == MediaSide.A ? CallSide.Caller : CallSide.Callee));
        return session is null ? null : new RelayMediaSession(session, clock);
    }
}
