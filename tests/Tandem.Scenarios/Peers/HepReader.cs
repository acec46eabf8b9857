using System.Buffers.Binary;
using System.Text;

namespace Tandem.Scenarios.Peers;

/// <summary>A packet of HEP version 3, as a server reads it; anything that is not one fails the test.</summary>
public sealed class HepReader
{
    private readonly Dictionary<int, byte[]> _chunks = [];

    public HepReader(byte[] packet)
    {
        Assert.Equal("HEP3"u8.ToArray(), packet[..4]);
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4)));
        for (var at = 6; at < packet.Length;)
        {
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at)));
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 4));
            Assert.InRange(length, 6, packet.Length - at);
            Assert.True(_chunks.TryAdd(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 2)), packet[(at + 6)..(at + length)]), "a chunk twice");
            at += length;
        }
    }

    /// <summary>The value of a chunk; empty when it is not there.</summary>
    public byte[] Bytes(int type) => _chunks.GetValueOrDefault(type, []);

    /// <summary>The value of a chunk as text.</summary>
    public string Text(int type) => Encoding.UTF8.GetString(Bytes(type));

    /// <summary>The value of a chunk as a number of two or four bytes.</summary>
    public uint Number(int type) => Bytes(type) is { Length: 2 } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : BinaryPrimitives.ReadUInt32BigEndian(Bytes(type));
}
