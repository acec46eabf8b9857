using System.Buffers.Binary;
using System.Text;

namespace Tandem.Server.Otlp;

/// <summary>Writes the wire format of Protocol Buffers: fields by number, nested messages with their length before them.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    private readonly MemoryStream _stream = new();

    public byte[] ToArray() => _stream.ToArray();

    public ProtoWriter Int(int field, long value)
    {
        Key(field, Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtoWriter Fixed(int field, ulong value)
    {
        Key(field, Fixed64);
        WriteFixed(value);
        return this;
    }

    public ProtoWriter Number(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Key(field, Delimited);
        WriteVarint((ulong)value.Length);
        _stream.Write(value);
        return this;
    }

    public ProtoWriter Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        return Bytes(field, inner._stream.GetBuffer().AsSpan(0, (int)inner._stream.Length));
    }

    /// <summary>Many numbers of eight bytes in one field.</summary>
    public ProtoWriter Packed(int field, IEnumerable<ulong> values)
    {
        var inner = new ProtoWriter();
        foreach (var value in values)
            inner.WriteFixed(value);
        return Bytes(field, inner._stream.GetBuffer().AsSpan(0, (int)inner._stream.Length));
    }

    private void Key(int field, int type) => WriteVarint((ulong)((field << 3) | type));

    private void WriteVarint(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
            _stream.WriteByte((byte)(value | 0x80));
        _stream.WriteByte((byte)value);
    }

    private void WriteFixed(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _stream.Write(bytes);
    }
}
