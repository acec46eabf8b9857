namespace Tandem.Media.Ice;

/// <summary>What became of a STUN message.</summary>
public enum IceVerdict : byte
{
    /// <summary>Nothing that concerns us: not STUN, no or a wrong fingerprint, another method, an indication, an answer to no check of ours.</summary>
    Ignored,

    /// <summary>A check without the right credentials. Nothing moves; an error may be answered.</summary>
    Forged,

    /// <summary>A signed check that cannot be granted: unknown attributes (420), a role conflict (487), an address that lost consent.</summary>
    Refused,

    /// <summary>A signed check beyond the rate. It is not answered; the peer sends it again.</summary>
    Flooded,

    /// <summary>A signed check, or the signed answer to one of ours. The selected address is the same as before.</summary>
    Valid,

    /// <summary>The same, and <see cref="IceAgent.Selected"/> is another one now.</summary>
    Selected,
}
