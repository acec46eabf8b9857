namespace Tandem.Load;

/// <summary>What is secured in a run of the RTP generator.</summary>
internal enum LoadSecurity
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The caller, by SDES (RFC 4568); the callee is plain.</summary>
    Sdes,

    /// <summary>Both, each with keys of its own.</summary>
    SdesBoth,

    /// <summary>The caller, by DTLS-SRTP (RFC 5764); the callee is plain.</summary>
    Dtls,
}
