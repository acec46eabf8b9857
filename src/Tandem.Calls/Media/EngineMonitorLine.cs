using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;
using Tandem.Media.Monitoring;

namespace Tandem.Calls.Media;

/// <summary>A supervisor's line between two sessions of the media engine.</summary>
internal sealed class EngineMonitorLine : IMonitorLine
{
    private readonly MonitorLine _line = new();

    public void Listen(IMediaSession supervisor, CallSide side) => _line.Listen(Of(supervisor).Audio, EngineMediaSession.SideOf(side));

    public void Leave() => _line.Leave();

    public void Attach(IMediaSession conversation, CallSide agent, MonitorMode mode) => _line.Attach(Of(conversation).Audio, EngineMediaSession.SideOf(agent), mode);

    public void SetMode(MonitorMode mode) => _line.SetMode(mode);

    public void Renew(MonitorMode mode) => _line.Renew(mode);

    public void Detach() => _line.Detach();

    private static EngineMediaSession Of(IMediaSession session) =>
        session as EngineMediaSession ?? throw new ArgumentException("a session of another media service", nameof(session));
}
