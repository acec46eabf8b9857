using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Programs;

/// <summary>A person who is connected already wants somebody rung: the media offers what the two of them can speak.</summary>
internal sealed class ServedOrigin(ServedCall person) : ICallOrigin
{
    public ServedCall Person => person;

    public SipMessage? Request => null;

    public bool HasOffer => true;

    public ReadOnlyMemory<byte> LastSdp => person.Leg.LastSdp;

    public MediaPeer? Peer => null;

    public string Uuid => person.Leg.Uuid;

    public void Progress(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork)
    {
        // The person hears music or a tone of ours.
    }

    public void StopWaiting()
    {
    }
}
