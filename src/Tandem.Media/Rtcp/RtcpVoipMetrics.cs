using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>The block of VoIP metrics of an XR packet (RFC 3611 §4.7), as far as we use it. A value that the phone does not know is null.</summary>
/// <param name="Ssrc">The source reported on.</param>
/// <param name="LossRate">0 to 1.</param>
/// <param name="DiscardRate">Packets that came too late or too early to be played, 0 to 1.</param>
/// <param name="BurstDensity">Loss within bursts, 0 to 1.</param>
/// <param name="GapDensity">Loss between bursts, 0 to 1.</param>
/// <param name="BurstMilliseconds">Mean length of a burst.</param>
/// <param name="GapMilliseconds">Mean length of a gap.</param>
/// <param name="RoundTripMilliseconds">Between the RTP interfaces; null when 0.</param>
/// <param name="EndSystemMilliseconds">Of the phone itself; null when 0.</param>
/// <param name="Rating">R, 0 to 100.</param>
/// <param name="MosListening">1 to 5.</param>
/// <param name="MosConversational">1 to 5.</param>
/// <param name="JitterBufferMilliseconds">Nominal delay of its jitter buffer.</param>
public readonly record struct RtcpVoipMetrics(
    uint Ssrc,
    double LossRate,
    double DiscardRate,
    double BurstDensity,
    double GapDensity,
    int BurstMilliseconds,
    int GapMilliseconds,
    int? RoundTripMilliseconds,
    int? EndSystemMilliseconds,
    int? Rating,
    double? MosListening,
    double? MosConversational,
    int JitterBufferMilliseconds)
{
    /// <summary>The block type.</summary>
    public const byte BlockType = 7;

    /// <summary>Bytes behind the block's header.</summary>
    public const int Size = 32;

    /// <summary>Reads <see cref="Size"/> bytes.</summary>
    public static RtcpVoipMetrics Read(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadUInt32BigEndian(data),
        data[4] / 256.0,
        data[5] / 256.0,
        data[6] / 256.0,
        data[7] / 256.0,
        BinaryPrimitives.ReadUInt16BigEndian(data[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(data[10..]),
        NotZero(BinaryPrimitives.ReadUInt16BigEndian(data[12..])),
        NotZero(BinaryPrimitives.ReadUInt16BigEndian(data[14..])),
        data[20] <= 100 ? data[20] : null,
        Mos(data[22]),
        Mos(data[23]),
        BinaryPrimitives.ReadUInt16BigEndian(data[26..]));

    private static int? NotZero(ushort value) => value == 0 ? null : value;

    // §4.7.5: 10 to 50, whatever else is ignored.
    private static double? Mos(byte value) => value is >= 10 and <= 50 ? value / 10.0 : null;
}
