namespace Tandem.Sip.Engine;

/// <summary>Which way a message went.</summary>
public enum SipDirection : byte
{
    /// <summary>To us.</summary>
    Received,

    /// <summary>From us.</summary>
    Sent,
}
