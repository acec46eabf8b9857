namespace Tandem.Media.Rtcp;

/// <summary>What an RTCP datagram asks of who sends the stream.</summary>
[Flags]
public enum RtcpEvents : byte
{
    None = 0,

    /// <summary>A report about our stream came: <see cref="RtcpSession.Remote"/> is new.</summary>
    Report = 1,

    /// <summary>The source in use said BYE.</summary>
    Bye = 2,

    /// <summary>Packets are missing (RFC 4585 §6.2.1).</summary>
    Nack = 4,

    /// <summary>A whole picture is wanted (RFC 4585 §6.3.1, RFC 5104 §4.3.1).</summary>
    Picture = 8,

    /// <summary>Somebody uses our SSRC (RFC 3550 §8.2): take another one.</summary>
    Collision = 16,
}
