using System.Text;
using Tandem.Media.Plan;

namespace Tandem.Media.Ice;

/// <summary>The short-term credentials (RFC 8445 §5.3, RFC 8489 §9.1) of one generation of ICE as bytes. Immutable.</summary>
internal sealed class IceCredentials
{
    // RFC 8445 §5.3: 4 to 256 characters.
    private const int MaxUfrag = 256;

    private readonly byte[] _localUfrag;
    private readonly byte[] _remoteUfrag;

    public IceCredentials(IcePlan plan)
    {
        _localUfrag = Encoding.UTF8.GetBytes(plan.LocalUfrag);
        _remoteUfrag = Encoding.UTF8.GetBytes(plan.RemoteUfrag);
        LocalKey = Encoding.UTF8.GetBytes(plan.LocalPassword);
        RemoteKey = Encoding.UTF8.GetBytes(plan.RemotePassword);
    }

    /// <summary>What the peer's checks and our answers to them are signed with.</summary>
    public byte[] LocalKey { get; }

    /// <summary>What our checks and the peer's answers to them are signed with.</summary>
    public byte[] RemoteKey { get; }

    /// <summary>False between our offer and the answer: the peer's checks may come before.</summary>
    public bool KnowsRemote => _remoteUfrag.Length > 0 && RemoteKey.Length > 0;

    /// <summary>True when we can make checks of our own.</summary>
    public bool CanCheck => KnowsRemote && _remoteUfrag.Length <= MaxUfrag && _localUfrag.Length <= MaxUfrag;

    /// <summary>Bytes of <see cref="WriteUsername"/>.</summary>
    public int UsernameBytes => _remoteUfrag.Length + 1 + _localUfrag.Length;

    public bool Same(IceCredentials other) => SameLocal(other) && _remoteUfrag.AsSpan().SequenceEqual(other._remoteUfrag)
        && RemoteKey.AsSpan().SequenceEqual(other.RemoteKey);

    public bool SameLocal(IceCredentials other) =>
        _localUfrag.AsSpan().SequenceEqual(other._localUfrag) && LocalKey.AsSpan().SequenceEqual(other.LocalKey);

    /// <summary>True when USERNAME of a check begins with our fragment and a colon (RFC 8445 §7.3).</summary>
    public bool Names(ReadOnlySpan<byte> username) => _localUfrag.Length > 0
        && username.Length > _localUfrag.Length && username[_localUfrag.Length] == (byte)':' && username.StartsWith(_localUfrag);

    /// <summary>The peer's fragment in a USERNAME that <see cref="Names"/> us.</summary>
    public ReadOnlySpan<byte> RemotePart(ReadOnlySpan<byte> username) => username[(_localUfrag.Length + 1)..];

    /// <summary>True when <paramref name="ufrag"/> is the peer's, or nobody's yet.</summary>
    public bool MayBeRemote(ReadOnlySpan<byte> ufrag) => !KnowsRemote || ufrag.SequenceEqual(_remoteUfrag);

    /// <summary>Tells fragments of several peers of one offer apart, without keeping them.</summary>
    public static int Tag(ReadOnlySpan<byte> ufrag)
    {
        var hash = new HashCode();
        hash.AddBytes(ufrag);
        return hash.ToHashCode();
    }

    /// <summary>The tag of the peer; meaningful when <see cref="KnowsRemote"/>.</summary>
    public int RemoteTag() => Tag(_remoteUfrag);

    /// <summary>USERNAME of a check of ours: the peer's fragment first.</summary>
    public void WriteUsername(Span<byte> username)
    {
        _remoteUfrag.CopyTo(username);
        username[_remoteUfrag.Length] = (byte)':';
        _localUfrag.CopyTo(username[(_remoteUfrag.Length + 1)..]);
    }
}
