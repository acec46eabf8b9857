namespace Tandem.Media;

/// <summary>Sums over all media loops since the start.</summary>
/// <param name="RtpRelayed">RTP packets that went on.</param>
/// <param name="RtcpRelayed">RTCP packets that went on.</param>
/// <param name="Invalid">Dropped: not RTP or RTCP, or malformed.</param>
/// <param name="Strangers">Dropped: not from the side's own source.</param>
/// <param name="NotWanted">Dropped: held, or no plan in force.</param>
/// <param name="NoTarget">Dropped: nowhere to send yet.</param>
/// <param name="OpaqueRelayed">Datagrams of other protocols (UDPTL) that went on.</param>
/// <param name="Heard">RTP packets whose sound was decoded here and that went no further.</param>
/// <param name="Reports">RTCP packets that were meant for us.</param>
/// <param name="Stun">STUN messages that ICE took.</param>
/// <param name="Dtls">DTLS datagrams that were taken.</param>
/// <param name="NoKey">Dropped: secured, and there are no keys yet.</param>
/// <param name="BadTag">Dropped: SRTP with a wrong authentication tag.</param>
/// <param name="Replay">Dropped: SRTP that came before.</param>
/// <param name="NotAllowed">Dropped: from an address that ICE has not checked.</param>
/// <param name="NoLine">Dropped: bundled, and of no line.</param>
/// <param name="StunRefused">Dropped: STUN without integrity, with a wrong one, or where there is no ICE.</param>
/// <param name="DtlsRefused">Dropped: DTLS from elsewhere, or where there is none.</param>
/// <param name="Mismatch">Dropped: the other side speaks another protocol on that line.</param>
/// <param name="Oversize">Dropped: longer than the limit.</param>
/// <param name="SendErrors">Lost: the system did not take them.</param>
/// <param name="ReceiveErrors">Errors while receiving.</param>
/// <param name="Failures">Faults of our own; 0 in a sound build.</param>
/// <param name="BindFailures">Ports that somebody else had.</param>
/// <param name="PortsExhausted">Requests for ports that found none.</param>
/// <param name="HandshakeTurns">Turns of DTLS handshakes that were computed.</param>
/// <param name="HandshakesDropped">DTLS datagrams that were dropped because too much waited to be computed.</param>
public readonly record struct MediaTotals(
    long RtpRelayed,
    long RtcpRelayed,
    long Invalid,
    long Strangers,
    long NotWanted,
    long NoTarget,
    long OpaqueRelayed,
    long Heard,
    long Reports,
    long Stun,
    long Dtls,
    long NoKey,
    long BadTag,
    long Replay,
    long NotAllowed,
    long NoLine,
    long StunRefused,
    long DtlsRefused,
    long Mismatch,
    long Oversize,
    long SendErrors,
    long ReceiveErrors,
    long Failures,
    long BindFailures,
    long PortsExhausted,
    long HandshakeTurns,
    long HandshakesDropped);
