using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Origination;

/// <summary>Nobody called: a program wants the call, and hears of it by events.</summary>
internal sealed class Originator : ICallOrigin
{
    public static Originator Instance { get; } = new();

    public SipMessage? Request => null;

    public bool HasOffer => false;

    public ReadOnlyMemory<byte> LastSdp => default;

    public MediaPeer? Peer => null;

    public void Progress(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork)
    {
        // The state of the call says it.
    }

    public void StopWaiting()
    {
    }
}
