namespace Tandem.Calls.Calls.Headers;

/// <summary>Why a call goes to somebody else (RFC 5806 §4, RFC 4458 §2).</summary>
internal enum DiversionReason
{
    /// <summary>All calls go on.</summary>
    Unconditional,

    /// <summary>The callee is busy.</summary>
    Busy,

    /// <summary>Nobody answered.</summary>
    NoAnswer,

    /// <summary>The callee cannot be reached.</summary>
    Unavailable,

    /// <summary>The callee sent the ringing call on.</summary>
    Deflection,

    /// <summary>A talking party sent the other one on (REFER).</summary>
    Transfer,
}
