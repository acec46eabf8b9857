namespace Tandem.Server.Hep;

/// <summary>What is in a HEP packet (chunk 11).</summary>
public enum HepPayload : byte
{
    /// <summary>A SIP message.</summary>
    Sip = 1,

    /// <summary>A report of RTCP as JSON.</summary>
    RtcpJson = 5,
}
