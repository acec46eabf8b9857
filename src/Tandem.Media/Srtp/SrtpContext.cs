using System.Buffers.Binary;
using Tandem.Media.Rtp;

namespace Tandem.Media.Srtp;

/// <summary>
/// SRTP and SRTCP of one direction under one master key (RFC 3711, 7714): protects what we send, or takes what comes. Packets are
/// changed in place and nothing is allocated per packet. A receiver goes by header, index, replay, tag, decryption, and only then
/// remembers (§3.3). A sender refuses an index that it used: two packets of one index would give away the key stream, with GCM even
/// the means to forge. One loop owns it; disposing gives its native memory back, and a disposed context refuses all packets.
/// </summary>
public sealed class SrtpContext : IDisposable
{
    /// <summary>Bytes that a packet grows by at most: buffers keep this room behind a packet.</summary>
    public const int MaxExpansion = 16 + WordLength + SrtpKey.MaxIdentifierLength;

    private const int WordLength = 4;
    private const int RtcpHeaderLength = 8;
    private const uint EncryptedBit = 0x80000000;
    private const uint MaxRtcpIndex = 0x7FFFFFFF;
    private const ulong MaxRtpIndex = 0xFFFF_FFFF_FFFF;

    private readonly SrtpStreams _streams;
    private readonly byte[] _identifier;
    private readonly int _identifierLength;
    private SrtpSuite? _suite;
    private uint _nextRtcpIndex;

    private SrtpContext(SrtpProfile profile, SrtpSuite suite, ReadOnlyMemory<byte> identifier, SrtpOptions options)
    {
        Profile = profile;
        _suite = suite;
        _identifier = identifier.ToArray();
        _identifierLength = identifier.Length;
        _streams = new SrtpStreams(options);
    }

    public SrtpProfile Profile { get; }

    /// <summary>SSRCs that are remembered.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>A context for one direction.</summary>
    /// <exception cref="ArgumentException">The key has not the lengths of the profile.</exception>
    public static SrtpContext Create(SrtpProfile profile, SrtpKey key, SrtpOptions options)
    {
        if (!key.Fits(profile))
            throw new ArgumentException("the key does not fit the profile " + profile.SuiteName(), nameof(key));
        return new SrtpContext(profile, SrtpSuite.Create(profile, key), key.Identifier, options);
    }

    /// <summary>Protects an RTP packet that we send.</summary>
    /// <param name="buffer">The packet with at least <see cref="MaxExpansion"/> bytes behind it.</param>
    /// <param name="length">Bytes of the packet; afterwards those of the protected one.</param>
    /// <returns>False, and nothing changed, when it is not RTP, has no room, or its index was used or may have been: behind the window, or of an SSRC that is forgotten.</returns>
    public bool ProtectRtp(Span<byte> buffer, ref int length)
    {
        if (_suite is null || !RtpHeader.TryParse(buffer[..length], encrypted: true, out var header))
            return false;

        var total = length + _suite.RtpTagLength;
        if (buffer.Length < total + _identifierLength)
            return false;

        var slot = _streams.Find(header.Ssrc);
        var index = Guess(slot, header.Sequence);
        if (index > MaxRtpIndex || _streams.CheckRtp(slot, index) != SrtpVerdict.Accepted || (slot < 0 && !_streams.TryBegin(header.Ssrc)))
            return false;

        _suite.ProtectRtp(buffer[..total], header.HeaderLength, header.Ssrc, index);
        _streams.CommitRtp(header.Ssrc, index);
        length = total + _identifierLength;
        PutIdentifier(buffer[..length], _suite.IndexFollowsTag ? 0 : _suite.RtpTagLength);
        return true;
    }

    /// <summary>Protects a compound RTCP packet that we send, encrypted, under the next index (RFC 3711 §3.4).</summary>
    /// <inheritdoc cref="ProtectRtp"/>
    public bool ProtectRtcp(Span<byte> buffer, ref int length) => ProtectRtcp(buffer, ref length, encrypted: true);

    /// <summary>Checks and decrypts an RTP packet that came.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <param name="length">Afterwards the bytes of the plain packet, when it was accepted.</param>
    public SrtpVerdict UnprotectRtp(Span<byte> packet, ref int length) => UnprotectRtp(packet, ref length, null);

    /// <summary>Checks and decrypts an RTCP packet that came. One that is authentic but not encrypted (E bit 0) is taken as well.</summary>
    /// <inheritdoc cref="UnprotectRtp(Span{byte}, ref int)"/>
    public SrtpVerdict UnprotectRtcp(Span<byte> packet, ref int length)
    {
        var whole = packet[..length];
        if (_suite is null || whole.Length < RtcpHeaderLength + _suite.RtcpTagLength + WordLength + _identifierLength || whole[0] >> 6 != 2)
            return SrtpVerdict.Malformed;

        var tail = _suite.IndexFollowsTag ? 0 : _suite.RtcpTagLength;
        if (!TakeIdentifier(whole, tail))
            return SrtpVerdict.UnknownKey;

        var body = whole[..^_identifierLength];
        var word = BinaryPrimitives.ReadUInt32BigEndian(body[^(WordLength + tail)..]);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        var index = word & ~EncryptedBit;
        var verdict = _streams.CheckRtcp(_streams.Find(ssrc), index);
        if (verdict == SrtpVerdict.Accepted && !_suite.UnprotectRtcp(body, ssrc, word))
            verdict = SrtpVerdict.BadTag;

        if (verdict == SrtpVerdict.Accepted)
        {
            _streams.CommitRtcp(ssrc, index);
            length = body.Length - _suite.RtcpTagLength - WordLength;
        }
        else
        {
            PutIdentifier(whole, tail);
        }

        return verdict;
    }

    /// <summary>Reads what the next packet of RTP needs (see <see cref="Transport.RoundTouch"/>).</summary>
    internal long Touch(int depth) => depth switch
    {
        0 => _identifierLength,
        1 => _streams.Count ^ (_suite?.RtpTagLength ?? 0),
        2 => _streams.Touch() ^ (_suite?.Touch(0) ?? 0),
        _ => _suite?.Touch(1) ?? 0,
    };

    public void Dispose()
    {
        _suite?.Dispose();
        _suite = null;
    }

    /// <summary>A context that goes on where <paramref name="previous"/> sent: the SRTCP index is not set back by a new key (RFC 3711 §3.4).</summary>
    internal void ContinueRtcpIndex(SrtpContext previous) => _nextRtcpIndex = previous._nextRtcpIndex;

    internal bool ProtectRtcp(Span<byte> buffer, ref int length, bool encrypted)
    {
        if (_suite is null || length < RtcpHeaderLength || buffer[0] >> 6 != 2)
            return false;

        var total = length + _suite.RtcpTagLength + WordLength;
        if (buffer.Length < total + _identifierLength || _nextRtcpIndex > MaxRtcpIndex)
            return false;

        var word = _nextRtcpIndex++ | (encrypted ? EncryptedBit : 0);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        var tail = _suite.IndexFollowsTag ? 0 : _suite.RtcpTagLength;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(total - tail - WordLength)..], word);
        _suite.ProtectRtcp(buffer[..total], ssrc, word);
        length = total + _identifierLength;
        PutIdentifier(buffer[..length], tail);
        return true;
    }

    /// <param name="packet">The whole packet.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="previous">The context of the key before this one: a sender may go on with its ROC.</param>
    internal SrtpVerdict UnprotectRtp(Span<byte> packet, ref int length, SrtpContext? previous)
    {
        var whole = packet[..length];
        if (_suite is null || !RtpHeader.TryParse(whole, encrypted: true, out var header)
            || whole.Length < header.HeaderLength + _suite.RtpTagLength + _identifierLength)
        {
            return SrtpVerdict.Malformed;
        }

        var slot = _streams.Find(header.Ssrc);
        var index = Guess(slot, header.Sequence);
        var verdict = index > MaxRtpIndex ? SrtpVerdict.TooOld : _streams.CheckRtp(slot, index);
        if (verdict != SrtpVerdict.Accepted)
            return verdict;

        var tail = _suite.IndexFollowsTag ? 0 : _suite.RtpTagLength;
        if (!TakeIdentifier(whole, tail))
            return SrtpVerdict.UnknownKey;

        var body = whole[..^_identifierLength];
        if (!_suite.UnprotectRtp(body, header.HeaderLength, header.Ssrc, index)
            && !(!Knows(slot) && UnprotectFirst(body, header, previous, ref index)))
        {
            PutIdentifier(whole, tail);
            return SrtpVerdict.BadTag;
        }

        _streams.CommitRtp(header.Ssrc, index);
        length = body.Length - _suite.RtpTagLength;
        return SrtpVerdict.Accepted;
    }

    // The first packet of an SSRC says nothing about its ROC. Zero is the rule (RFC 4568 §6.4), but a sender that changed its key may
    // have gone on counting (RFC 3711 §3.3.1), and the packets before the first wrap may all have come before we had the key.
    private bool UnprotectFirst(Span<byte> body, in RtpHeader header, SrtpContext? previous, ref ulong index)
    {
        if (previous is not null && previous.Guess(previous._streams.Find(header.Ssrc), header.Sequence) is var continued and > 0xFFFF and <= MaxRtpIndex)
        {
            index = continued;
            if (_suite!.UnprotectRtp(body, header.HeaderLength, header.Ssrc, index))
                return true;
        }

        index = 0x10000 | (uint)header.Sequence;
        return header.Sequence < 0x8000 && _suite!.UnprotectRtp(body, header.HeaderLength, header.Ssrc, index);
    }

    private bool Knows(int slot) => slot >= 0 && _streams[slot].HasRtp;

    private ulong Guess(int slot, ushort sequence) => Knows(slot) ? _streams[slot].Guess(sequence) : sequence;

    // RFC 3711 §3.1: the identifier stands before the tag; RFC 7714 §8.2, §9.2: behind all else. It is not authenticated. Taking it out
    // closes the gap, so that the suites see packets without one.
    private bool TakeIdentifier(Span<byte> packet, int tail)
    {
        if (_identifierLength == 0)
            return true;

        var at = packet.Length - tail - _identifierLength;
        if (!packet.Slice(at, _identifierLength).SequenceEqual(_identifier))
            return false;

        packet[^tail..].CopyTo(packet[at..]);
        return true;
    }

    private void PutIdentifier(Span<byte> packet, int tail)
    {
        if (_identifierLength == 0)
            return;

        var at = packet.Length - tail - _identifierLength;
        packet.Slice(at, tail).CopyTo(packet[^tail..]);
        _identifier.CopyTo(packet[at..]);
    }
}
