using System.Text;

namespace Tandem.Cluster.Resp;

/// <summary>A value of RESP2.</summary>
/// <param name="Integer">Of an integer; 0 otherwise.</param>
/// <param name="Bytes">Of a text or error; empty otherwise.</param>
/// <param name="Items">Of an array; empty otherwise.</param>
public readonly record struct RespValue(RespKind Kind, long Integer, ReadOnlyMemory<byte> Bytes, RespValue[] Items)
{
    public static RespValue Null { get; } = new(RespKind.Null, 0, default, []);

    /// <summary>The text of a text or error.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public static RespValue OfInteger(long value) => new(RespKind.Integer, value, default, []);

    public static RespValue OfText(ReadOnlyMemory<byte> bytes) => new(RespKind.Text, 0, bytes, []);

    public static RespValue OfError(ReadOnlyMemory<byte> bytes) => new(RespKind.Error, 0, bytes, []);

    public static RespValue OfArray(RespValue[] items) => new(RespKind.Array, 0, default, items);
}
