using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Ice;

/// <summary>A remote address from which signed checks came (RFC 8445 §7.3.1.3): with our own it is a valid pair.</summary>
internal struct IcePair
{
    public NetAddress Address;

    /// <summary>Of the last check.</summary>
    public uint Priority;

    /// <summary>The last signed check from there, or signed answer.</summary>
    public Moment LastConsent;

    /// <summary>The last check with USE-CANDIDATE.</summary>
    public Moment LastNomination;

    /// <summary>Counts ICE restarts.</summary>
    public int Generation;

    /// <summary><see cref="IceCredentials.Tag"/> of the peer that checks from there.</summary>
    public int Tag;

    public bool IsNominated;

    /// <summary>Consent expired or was revoked: never again with these credentials (RFC 7675 §5.1).</summary>
    public bool IsLost;
}
