using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Media;

/// <summary>Calls' media by the media engine of this process. Thread-safe.</summary>
public sealed class EngineMediaService(MediaEngine engine, IWallClock clock, MixOptions? mixes = null) : IMediaService
{
    /// <inheritdoc/>
    public int PortsInUse => engine.PortsInUse;

    /// <inheritdoc/>
    public int PortsInQuarantine => engine.PortsInQuarantine;

    /// <inheritdoc/>
    public IMediaMix? OpenMix(Action<MediaEvent> heard) => new EngineMediaMix(engine.OpenMix(mixes ?? new MixOptions(), heard));

    /// <inheritdoc/>
    public IMediaSession? Open(CallId call, Action<MediaEvent> happened)
    {
        var session = engine.Open(happened);
        return session is null ? null : new EngineMediaSession(session, clock);
    }
}
