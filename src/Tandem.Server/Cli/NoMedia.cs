using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media;

namespace Tandem.Server.Cli;

/// <summary>The media of an exchange that places no calls.</summary>
internal sealed class NoMedia : IMediaService
{
    public int PortsInUse => 0;

    public int PortsInQuarantine => 0;

    public IMediaSession? Open(CallId call, TenantId tenant, Action<MediaEvent> happened, bool isForHelp = false) => null;

    public IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard) => null;

    public IMonitorLine OpenMonitor() => throw new InvalidOperationException("an exchange that places no calls has none to listen to");
}
