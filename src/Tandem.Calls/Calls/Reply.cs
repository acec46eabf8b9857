using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls;

/// <summary>What came back for a request that a leg sent.</summary>
/// <param name="Status">
/// The final status. Without a message it stands for what happened: 408 no response in time, 503 the transport failed
/// (RFC 3261 §8.1.3.1), 487 the call ended first.
/// </param>
/// <param name="Message">The response; null when there was none.</param>
internal readonly record struct Reply(int Status, SipMessage? Message)
{
    public static readonly Reply TimedOut = new(408, null);
    public static readonly Reply Unsendable = new(503, null);
    public static readonly Reply CallOver = new(487, null);

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>True when the dialog on the other side does not exist any more (RFC 3261 §12.2.1.2).</summary>
    public bool DialogIsGone => Status is 408 or 481;

    /// <summary>The session description; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Sdp => Message?.Sdp ?? default;
}
