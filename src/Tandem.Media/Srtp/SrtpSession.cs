using Tandem.Core.Time;

namespace Tandem.Media.Srtp;

/// <summary>
/// SRTP of one transport in both directions, over changes of key: the packet path asks it for every packet. New keys make new
/// contexts, whose ROC starts at zero (RFC 4568 §7.1.4); keys that stayed leave theirs alone, because an index that started anew under an old
/// key would be used twice. What was under way under the previous inbound key is taken for a while. One loop owns it.
/// </summary>
public sealed class SrtpSession(SrtpOptions options) : IDisposable
{
    private SrtpProfile _profile;
    private SrtpKey? _inboundKey;
    private SrtpKey? _outboundKey;
    private SrtpContext? _inbound;
    private SrtpContext? _outbound;
    private SrtpContext? _previous;
    private Moment _previousUntil;

    /// <summary>True when there are keys: before, nothing is protected or taken.</summary>
    public bool HasKeys => _outbound is not null;

    /// <summary>The profile in use; meaningful while <see cref="HasKeys"/>.</summary>
    public SrtpProfile Profile => _profile;

    /// <summary>SSRCs that are remembered, of both directions.</summary>
    public int StreamCount => (_inbound?.StreamCount ?? 0) + (_outbound?.StreamCount ?? 0) + (_previous?.StreamCount ?? 0);

    /// <summary>When the previous inbound key is forgotten; <see cref="Moment.Never"/> without one.</summary>
    public Moment Deadline => _previous is null ? Moment.Never : _previousUntil;

    /// <summary>Reads what the next packet is decrypted or encrypted with: keys, index and window (see <see cref="Transport.RoundTouch"/>).</summary>
    /// <param name="outbound">What we send is meant, and not what comes.</param>
    /// <param name="depth">How far, from 0; each goes over what the one before it has read.</param>
    internal long Touch(bool outbound, int depth) => (outbound ? _outbound : _inbound)?.Touch(depth) ?? 0;

    /// <summary>Sets the keys that a description or a handshake gave. The same keys again change nothing.</summary>
    /// <exception cref="ArgumentException">A key does not fit the profile; the keys in use stay.</exception>
    public void SetKeys(SrtpProfile profile, SrtpKey inbound, SrtpKey outbound, Moment now)
    {
        var receives = _inbound is null || profile != _profile || !inbound.Equals(_inboundKey) ? SrtpContext.Create(profile, inbound, options) : null;
        SrtpContext? sends;
        try
        {
            sends = _outbound is null || profile != _profile || !outbound.Equals(_outboundKey) ? SrtpContext.Create(profile, outbound, options) : null;
        }
        catch (ArgumentException)
        {
            receives?.Dispose();
            throw;
        }

        if (receives is not null)
        {
            _previous?.Dispose();
            _previous = _inbound;
            _previousUntil = now + options.KeyGrace;
            _inbound = receives;
            _inboundKey = inbound;
        }

        if (sends is not null)
        {
            if (_outbound is not null)
                sends.ContinueRtcpIndex(_outbound);
            _outbound?.Dispose();
            _outbound = sends;
            _outboundKey = outbound;
        }

        _profile = profile;
    }

    /// <inheritdoc cref="SrtpContext.ProtectRtp"/>
    public bool ProtectRtp(Span<byte> buffer, ref int length) => _outbound is not null && _outbound.ProtectRtp(buffer, ref length);

    /// <inheritdoc cref="SrtpContext.ProtectRtcp(Span{byte}, ref int)"/>
    public bool ProtectRtcp(Span<byte> buffer, ref int length) => _outbound is not null && _outbound.ProtectRtcp(buffer, ref length);

    /// <inheritdoc cref="SrtpContext.UnprotectRtp(Span{byte}, ref int)"/>
    public SrtpVerdict UnprotectRtp(Span<byte> packet, ref int length, Moment now)
    {
        if (_inbound is null)
            return SrtpVerdict.UnknownKey;
        if (_previous is null)
            return _inbound.UnprotectRtp(packet, ref length);

        OnDeadline(now);
        var verdict = _inbound.UnprotectRtp(packet, ref length, _previous);
        return _previous is null || verdict == SrtpVerdict.Accepted ? verdict : Better(verdict, _previous.UnprotectRtp(packet, ref length));
    }

    /// <inheritdoc cref="SrtpContext.UnprotectRtcp"/>
    public SrtpVerdict UnprotectRtcp(Span<byte> packet, ref int length, Moment now)
    {
        if (_inbound is null)
            return SrtpVerdict.UnknownKey;

        OnDeadline(now);
        var verdict = _inbound.UnprotectRtcp(packet, ref length);
        return _previous is null || verdict == SrtpVerdict.Accepted ? verdict : Better(verdict, _previous.UnprotectRtcp(packet, ref length));
    }

    /// <summary>Forgets the previous key when its time is over.</summary>
    public void OnDeadline(Moment now)
    {
        if (_previous is null || now < _previousUntil)
            return;

        _previous.Dispose();
        _previous = null;
    }

    public void Dispose()
    {
        _inbound?.Dispose();
        _outbound?.Dispose();
        _previous?.Dispose();
        _inbound = _outbound = _previous = null;
        _inboundKey = _outboundKey = null;
    }

    private static SrtpVerdict Better(SrtpVerdict current, SrtpVerdict previous) => previous == SrtpVerdict.Accepted ? previous : current;
}
