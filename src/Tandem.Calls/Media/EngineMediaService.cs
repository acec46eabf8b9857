using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Mixing;
using Tandem.Media.Playback;

namespace Tandem.Calls.Media;

/// <summary>Calls' media by the media engine of this process. Thread-safe.</summary>
/// <param name="engine">The engine.</param>
/// <param name="clock">Calendar time.</param>
/// <param name="sounds">What can be played; null for nothing.</param>
/// <param name="holdMusic">The list of music for who is held; empty for none.</param>
/// <param name="mixes">Limits of rooms.</param>
/// <param name="recordings">Makes recordings; null for none.</param>
public sealed class EngineMediaService(MediaEngine engine, IWallClock clock, SoundLibrary? sounds = null, string holdMusic = "", MixOptions? mixes = null, IRecordingService? recordings = null) : IMediaService
{
    /// <summary>Plays prompts; null where nothing can be played.</summary>
    public PromptPlayer? Prompts { get; } = sounds is null ? null : new PromptPlayer(sounds);

    /// <inheritdoc/>
    public int PortsInUse => engine.PortsInUse;

    /// <inheritdoc/>
    public int PortsInQuarantine => engine.PortsInQuarantine;

    /// <inheritdoc/>
    public IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard) =>
        new EngineMediaMix(engine.OpenMix(mixes ?? new MixOptions(), heard), tenant, sounds, recordings);

    /// <inheritdoc/>
    public IMonitorLine OpenMonitor() => new EngineMonitorLine();

    /// <inheritdoc/>
    public IMediaSession? Open(CallId call, TenantId tenant, Action<MediaEvent> happened, bool isForHelp = false)
    {
        var session = engine.Open(happened, isUrgent: isForHelp);
        return session is null ? null : new EngineMediaSession(session, clock, tenant, sounds, holdMusic, recordings, Prompts);
    }
}
