using Tandem.Media;

namespace Tandem.Server.Health;

/// <summary>Media: there are ports for another call.</summary>
public sealed class MediaProbe(MediaEngine media) : IHealthProbe
{
    // RTP and RTCP of both sides.
    private const int PortsPerCall = 4;

    public string Name => "media";

    public ValueTask<HealthCheck> CheckAsync(CancellationToken cancellation)
    {
        var free = media.Ports - media.PortsInUse - media.PortsInQuarantine;
        return ValueTask.FromResult(free >= PortsPerCall
            ? new HealthCheck("ok", $"{free} of {media.Ports} ports are free")
            : new HealthCheck("error", $"of {media.Ports} ports {media.PortsInUse} are in use and {media.PortsInQuarantine} rest"));
    }
}
