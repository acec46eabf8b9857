namespace Tandem.Media.Ice;

/// <summary>The class of a STUN message (RFC 8489 §5).</summary>
public enum StunClass : byte
{
    Request,
    Indication,
    Success,
    Error,
}
