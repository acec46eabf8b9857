using System.Buffers.Text;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>
/// The keys and credentials that one side knows of us. They stay the same from one description to the next, so that nothing starts again,
/// until the side asks for new ones by changing its own.
/// </summary>
internal sealed class LegKeys(NegotiationContext context)
{
    private const int UfragBytes = 6;
    private const int PasswordBytes = 18;
    private const int TlsIdBytes = 18;

    // Null until there is something: most sides speak plain RTP.
    private Dictionary<(int Line, SrtpProfile Profile), SrtpKey>? _local;
    private Dictionary<int, SrtpKey>? _remote;
    private Dictionary<int, (string Ufrag, string Password)>? _ice;
    private Dictionary<int, SdpIce>? _remoteIce;
    private Dictionary<int, (string Own, string Remote)>? _tlsIds;

    /// <summary>Our key of one line and profile.</summary>
    public SrtpKey Of(int line, SrtpProfile profile)
    {
        _local ??= [];
        if (!_local.TryGetValue((line, profile), out var key))
            _local[(line, profile)] = key = NewKey(profile);
        return key;
    }

    /// <summary>Our key for the answer to an offer with the key <paramref name="remote"/>: a new one when the side has changed its own (RFC 4568 §7.1.4).</summary>
    public SrtpKey Answer(int line, SrtpProfile profile, SrtpKey remote)
    {
        _remote ??= [];
        if (_remote.TryGetValue(line, out var before) && !before.Equals(remote))
            _local?.Remove((line, profile));
        _remote[line] = remote;
        return Of(line, profile);
    }

    /// <summary>The side's key in its answer.</summary>
    public void Learn(int line, SrtpKey remote) => (_remote ??= [])[line] = remote;

    /// <summary>
    /// The line does without keys from now on: its next ones are new, for its contexts are gone, and an index that starts anew under an old key
    /// would be used twice (RFC 3711 §9.1).
    /// </summary>
    public void Forget(int line)
    {
        _remote?.Remove(line);
        if (_local is null)
            return;

        foreach (var known in _local.Keys)
        {
            if (known.Line == line)
                _local.Remove(known);
        }
    }

    /// <summary>Our ICE credentials of one transport.</summary>
    public (string Ufrag, string Password) Ice(int transport)
    {
        _ice ??= [];
        if (!_ice.TryGetValue(transport, out var own))
            _ice[transport] = own = (NewText(UfragBytes), NewText(PasswordBytes));
        return own;
    }

    /// <summary>Our credentials for the answer to an offer: new ones when the side restarts ICE, by changing both of its own (RFC 8839 §4.4.1.1.1).</summary>
    public (string Ufrag, string Password) AnswerIce(int transport, SdpIce remote)
    {
        _remoteIce ??= [];
        if (_remoteIce.TryGetValue(transport, out var before) && before.Ufrag != remote.Ufrag && before.Password != remote.Password)
            _ice?.Remove(transport);
        _remoteIce[transport] = remote;
        return Ice(transport);
    }

    /// <summary>The side's credentials in its answer.</summary>
    public void LearnIce(int transport, SdpIce remote) => (_remoteIce ??= [])[transport] = remote;

    /// <summary>Our <c>a=tls-id</c> of one transport.</summary>
    public string TlsId(int transport)
    {
        _tlsIds ??= [];
        if (!_tlsIds.TryGetValue(transport, out var ids))
            _tlsIds[transport] = ids = (NewText(TlsIdBytes), "");
        return ids.Own;
    }

    /// <summary>Our <c>a=tls-id</c> for the answer to an offer: a new one when the side wants a new association (RFC 8842 §5.3).</summary>
    public string AnswerTlsId(int transport, string remote)
    {
        _tlsIds ??= [];
        if (_tlsIds.TryGetValue(transport, out var ids) && ids.Remote.Length > 0 && ids.Remote != remote)
            _tlsIds.Remove(transport);
        _tlsIds[transport] = (TlsId(transport), remote);
        return _tlsIds[transport].Own;
    }

    private SrtpKey NewKey(SrtpProfile profile)
    {
        var key = new byte[profile.KeyLength()];
        var salt = new byte[profile.SaltLength()];
        context.Random(key);
        context.Random(salt);
        return new SrtpKey(key, salt);
    }

    // Letters that ice-char and tls-id have in common (RFC 8839 §5.4, RFC 8842 §4).
    private string NewText(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        context.Random(random);
        return Base64Url.EncodeToString(random).Replace('-', '+').Replace('_', '/');
    }
}
