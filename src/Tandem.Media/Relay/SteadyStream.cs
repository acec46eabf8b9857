using System.Buffers.Binary;
using Tandem.Core.Time;

namespace Tandem.Media.Relay;

/// <summary>
/// A stream toward one side that keeps its SSRC, and whose sequence numbers and timestamps go on, whatever it is made of: another phone's
/// packets, ours, and those again. A browser plays the newest SSRC and forgets the others, also when they come back. A mutable value,
/// owned by the media loop.
/// </summary>
internal struct SteadyStream
{
    private uint _source;
    private ushort _sequenceShift;
    private uint _timestampShift;
    private ushort _lastSequence;
    private uint _lastTimestamp;
    private Moment _lastAt;
    private bool _isAnew;

    /// <summary>False before the first packet.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What the side sees: the SSRC of the first packet.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>The number of the last packet toward the side; -1 before the first.</summary>
    public readonly int Last => HasBegun ? _lastSequence : -1;

    /// <summary>How the packets of the source that is heard now differ from what it sent.</summary>
    public readonly StreamShift Shift => HasBegun ? new StreamShift(_source ^ Ssrc, _sequenceShift, _timestampShift, _source) : default;

    /// <summary>What comes next is numbered from where the stream is, also under the SSRC that it came with so far: its source has begun anew.</summary>
    public void Restart() => _isAnew = true;

    /// <summary>Renumbers a packet in place.</summary>
    /// <param name="packet">A whole RTP packet, in the clear.</param>
    /// <param name="clockRate">Hertz of its timestamps; 0 when unknown: then they go on at once.</param>
    /// <param name="now">When it goes out.</param>
    public void Continue(Span<byte> packet, int clockRate, Moment now)
    {
        var source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (!HasBegun)
        {
            (HasBegun, Ssrc, _source, _lastSequence) = (true, source, source, (ushort)(sequence - 1));
        }
        else if (source != _source || _isAnew)
        {
            (_source, _isAnew) = (source, false);
            _sequenceShift = (ushort)(_lastSequence + 1 - sequence);
            _timestampShift = _lastTimestamp + (uint)Math.Max(1, (long)((now - _lastAt).TotalSeconds * clockRate)) - timestamp;
            packet[1] |= 0x80; // RFC 3551 §4.1: the first packet of a talkspurt
        }

        sequence += _sequenceShift;
        timestamp += _timestampShift;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc);
        if ((short)(sequence - _lastSequence) <= 0)
            return;

        (_lastSequence, _lastTimestamp, _lastAt) = (sequence, timestamp, now);
    }
}
