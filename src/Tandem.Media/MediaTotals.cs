namespace Tandem.Media;

/// <summary>Sums over all media loops since the start.</summary>
/// <param name="RtpRelayed">RTP packets that went on.</param>
/// <param name="RtcpRelayed">RTCP packets that went on.</param>
/// <param name="Invalid">Dropped: not RTP or RTCP, or malformed.</param>
/// <param name="Strangers">Dropped: not from the side's own source.</param>
/// <param name="NotWanted">Dropped: held, or no plan in force.</param>
/// <param name="NoTarget">Dropped: nowhere to send yet.</param>
/// <param name="Oversize">Dropped: longer than the limit.</param>
/// <param name="SendErrors">Lost: the system did not take them.</param>
/// <param name="ReceiveErrors">Errors while receiving.</param>
/// <param name="Failures">Faults of our own; 0 in a sound build.</param>
/// <param name="BindFailures">Ports that somebody else had.</param>
/// <param name="PortsExhausted">Requests for ports that found none.</param>
public readonly record struct MediaTotals(
    long RtpRelayed,
    long RtcpRelayed,
    long Invalid,
    long Strangers,
    long NotWanted,
    long NoTarget,
    long Oversize,
    long SendErrors,
    long ReceiveErrors,
    long Failures,
    long BindFailures,
    long PortsExhausted);
