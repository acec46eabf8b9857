using System.Buffers.Binary;

namespace Tandem.Media.Relay;

/// <summary>
/// Sequence numbers toward one side that do not step back when we take over from the other side's packets, or give way to them. The SSRC
/// changes then (RFC 3550 §8), and numbers begin anywhere (§5.1); but there are phones whose jitter buffer looks at numbers alone and takes half
/// of all beginnings for packets that come too late, without end. Numbers are only moved forward, so that no index of SRTP is used twice (RFC
/// 3711 §9.1). A mutable value, owned by the media loop.
/// </summary>
internal struct ForwardSequence
{
    private ushort _last;
    private ushort _ownShift;
    private ushort _relayedShift;
    private bool _hasRelayed;
    private bool _hasOwn;
    private bool _wasOwn;
    private bool _continues;

    /// <summary>The number of the last packet toward the side; -1 before the first.</summary>
    public readonly int Last => _hasRelayed || _hasOwn || _continues ? _last : -1;

    /// <summary>What is added to the numbers of the other side's packets.</summary>
    public readonly ushort RelayedShift => _relayedShift;

    /// <summary>What comes next is numbered behind <paramref name="last"/>: at once behind it when it is the first, or when the stream is not that far yet.</summary>
    public void Continue(ushort last)
    {
        if (Last < 0 || (short)(last - _last) > 0)
            (_last, _continues) = (last, true);
    }

    /// <summary>Takes a packet of the other side that is about to be sent, in the clear.</summary>
    public void Relay(Span<byte> packet)
    {
        Pass(packet, ref _relayedShift, _wasOwn || _continues, isNew: !_hasRelayed && (_hasOwn || _continues));
        (_hasRelayed, _wasOwn, _continues) = (true, false, false);
    }

    /// <summary>
    /// Takes a packet of the other side that repeats one of its own (RFC 4588 §4) and is about to be sent, in the clear. It has an SSRC and numbers of its own, so where the stream is it
    /// does not tell; the number of what it repeats becomes the one that the side knows.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="payload">Its payload, in place: the original sequence number (OSN), then the original payload; empty, or shorter than a number, where it only probes the way.</param>
    /// <returns>False when it repeats nothing that the side may miss: nothing was relayed yet, so how it would be numbered is not known.</returns>
    public readonly bool Repeat(Span<byte> packet, Span<byte> payload)
    {
        if (!_hasRelayed && (_hasOwn || _continues))
            return false;
        if (_relayedShift == 0)
            return true;

        Shift(packet[2..], _relayedShift);
        if (payload.Length >= 2)
            Shift(payload, _relayedShift);
        return true;
    }

    /// <summary>Takes a packet of ours that is about to be sent, in the clear.</summary>
    public void Own(Span<byte> packet)
    {
        Pass(packet, ref _ownShift, (_hasRelayed && !_wasOwn) || _continues, isNew: !_hasOwn && (_hasRelayed || _continues));
        (_hasOwn, _wasOwn, _continues) = (true, true, false);
    }

    private static void Shift(Span<byte> number, ushort shift) =>
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(number) + shift));

    private void Pass(Span<byte> packet, ref ushort shift, bool changes, bool isNew)
    {
        var sequence = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + shift);
        if (changes && (isNew || (short)(sequence - _last) <= 0))
        {
            var next = (ushort)(_last + 1);
            shift += (ushort)(next - sequence);
            sequence = next;
        }

        if (shift != 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence);
        if (!(_hasRelayed || _hasOwn) || changes || (short)(sequence - _last) > 0)
            _last = sequence;
    }
}
