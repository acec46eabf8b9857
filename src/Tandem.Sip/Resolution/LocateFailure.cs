namespace Tandem.Sip.Resolution;

/// <summary>Why a URI leads nowhere.</summary>
public enum LocateFailure : byte
{
    None,

    /// <summary>Not a SIP or SIPS URI, or a host that is no name: tel and other schemes are for the dialplan.</summary>
    NotLocatable,

    /// <summary>It asks for a transport that we do not have, or that its scheme does not allow.</summary>
    NoTransport,

    /// <summary>The domain has no server: no records, or records that say so.</summary>
    NotFound,

    /// <summary>No name server answered.</summary>
    NoAnswer,
}
