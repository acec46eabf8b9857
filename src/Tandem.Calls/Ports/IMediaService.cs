using Tandem.Calls.Calls;

namespace Tandem.Calls.Ports;

/// <summary>Gives calls their media. Called on SIP shards; thread-safe.</summary>
public interface IMediaService
{
    /// <summary>
    /// Opens a session for a call; null when no session or port can be had. Ports are reserved when SDP first needs them.
    /// </summary>
    /// <param name="call">The call, for logs.</param>
    /// <param name="silent">
    /// Called on a thread of the media service with the side from which nothing came for the media timeout while it was expected
    /// to send: at most once a side for each answer.
    /// </param>
    IMediaSession? Open(CallId call, Action<CallSide> silent);

    /// <summary>Ports in use now (RTP and RTCP both counted).</summary>
    int PortsInUse { get; }

    /// <summary>Ports that rest before they are used again.</summary>
    int PortsInQuarantine { get; }
}
