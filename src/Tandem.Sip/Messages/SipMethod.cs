namespace Tandem.Sip.Messages;

/// <summary>The methods of RFC 3261 and its extensions. An unknown method keeps its text in the message.</summary>
public enum SipMethod : byte
{
    Unknown,
    Invite,
    Ack,
    Bye,
    Cancel,
    Register,
    Options,
    Prack,
    Update,
    Info,
    Refer,
    Subscribe,
    Notify,
    Message,
    Publish,
}
