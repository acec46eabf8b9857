namespace Tandem.Media.Dtmf;

/// <summary>How a digit travels.</summary>
public enum DtmfKind
{
    /// <summary>RTP events (RFC 4733).</summary>
    RtpEvent,

    /// <summary>SIP INFO, with either body.</summary>
    Info,

    /// <summary>Tones in the sound.</summary>
    InBand,
}
