using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media;

namespace Tandem.Testing.Media;

/// <summary>Media without packets: it rewrites SDP in the plainest way and remembers what it was told.</summary>
public sealed class FakeMediaService : IMediaService
{
    private readonly Dictionary<CallId, FakeMediaSession> _open = [];
    private int _nextPort = 10_000;

    /// <summary>The address that it writes into SDP.</summary>
    public const string Host = "203.0.113.5";

    /// <summary>When set, no session can be had.</summary>
    public bool Exhausted { get; set; }

    /// <summary>When set, only a call for help gets a session.</summary>
    public bool IsNearlyExhausted { get; set; }

    /// <summary>When not empty, recordings of sessions that are opened from now on are refused for that reason.</summary>
    public string RecordingProblem { get; set; } = "";

    /// <summary>Prompts of sessions that are opened from now on end as soon as they begin.</summary>
    public bool PlaysEnd { get; set; } = true;

    /// <summary>Sessions that were opened and not closed.</summary>
    public IReadOnlyCollection<FakeMediaSession> Open => _open.Values;

    /// <summary>The session that was opened last.</summary>
    public FakeMediaSession? Last { get; private set; }

    /// <summary>Mixes that were opened and not closed.</summary>
    public List<FakeMediaMix> Mixes { get; } = [];

    /// <summary>Places in each mix.</summary>
    public int MixPlaces { get; set; } = 1_000;

    public IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard)
    {
        var mix = new FakeMediaMix(MixPlaces, heard, m => Mixes.Remove(m));
        Mixes.Add(mix);
        return mix;
    }

    /// <summary>Lines for supervisors that were made.</summary>
    public List<FakeMonitorLine> Lines { get; } = [];

    public IMonitorLine OpenMonitor()
    {
        var line = new FakeMonitorLine();
        Lines.Add(line);
        return line;
    }

    public int PortsInUse => _open.Count * 4;

    public int PortsInQuarantine => 0;

    IMediaSession? IMediaService.Open(CallId call, TenantId tenant, Action<MediaEvent> happened, bool isForHelp)
    {
        if (Exhausted || (IsNearlyExhausted && !isForHelp))
            return null;

        var session = new FakeMediaSession(_nextPort, happened, () => _open.Remove(call), RecordingProblem);
        session.Sound.PlaysEnd = PlaysEnd;
        _nextPort += 4;
        _open.Add(call, session);
        Last = session;
        return session;
    }
}
