using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls;

/// <summary>
/// Who wants the call while it rings: the caller's leg, or a leg of another call that is to be moved here (a transfer). It has the
/// offer and hears of the progress.
/// </summary>
internal interface ICallOrigin
{
    /// <summary>The INVITE that made the call, for headers that pass; null when there is none (any more).</summary>
    SipMessage? Request { get; }

    /// <summary>True when there is an offer for the contacts; without one each contact is asked for its own.</summary>
    bool HasOffer { get; }

    /// <summary>The offer; empty without one.</summary>
    ReadOnlyMemory<byte> LastSdp { get; }

    /// <summary>What is known of the caller's phone for its media; null when its SDP tells all.</summary>
    MediaPeer? Peer { get; }

    /// <summary>The UUID of the caller's phone (RFC 7989); empty when it has none.</summary>
    string Uuid => "";

    /// <summary><paramref name="fork"/> said something, 101 to 199; the SDP is empty or an answer to the offer.</summary>
    void Progress(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork);

    /// <summary>Something happened that the story of the call must look at first: whatever it waits for here ends.</summary>
    void StopWaiting();
}
