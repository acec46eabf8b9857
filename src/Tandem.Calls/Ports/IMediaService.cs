using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Media;

namespace Tandem.Calls.Ports;

/// <summary>Gives calls their media. Called on SIP shards; thread-safe.</summary>
public interface IMediaService
{
    /// <summary>
    /// Opens a session for a call; null when no session or port can be had. Ports are reserved when SDP first needs them.
    /// </summary>
    /// <param name="call">The call, for logs.</param>
    /// <param name="tenant">Whose call it is: its sounds are played.</param>
    /// <param name="happened">
    /// Called on a thread of the media service with what happens to the session: side A is the caller, B the callee. It returns at once.
    /// </param>
    /// <param name="isForHelp">The call is for help: it may have ports that others do not get.</param>
    IMediaSession? Open(CallId call, TenantId tenant, Action<MediaEvent> happened, bool isForHelp = false);

    /// <summary>
    /// Opens a mix for many; null when there are too many. <paramref name="heard"/> is called on a media thread with what happens in it
    /// (who speaks). Sounds of <paramref name="tenant"/> are played in it.
    /// </summary>
    IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard);

    /// <summary>Makes a line for a supervisor.</summary>
    IMonitorLine OpenMonitor();

    /// <summary>Ports in use now (RTP and RTCP both counted).</summary>
    int PortsInUse { get; }

    /// <summary>Ports that rest before they are used again.</summary>
    int PortsInQuarantine { get; }
}
