using System.Buffers.Text;

namespace Tandem.Cluster.Resp;

/// <summary>Reads values of RESP2. It never throws, whatever it is given.</summary>
/// <param name="longest">Bytes of one text at most.</param>
public sealed class RespReader(int longest)
{
    private const int Deepest = 8;
    private const int MostItems = 1 << 20;
    private const int LongestLine = 64 << 10;

    /// <summary>Reads the value at the beginning of <paramref name="data"/>; its texts are copies.</summary>
    /// <param name="consumed">How long it is; 0 unless it is complete.</param>
    public RespStatus Read(ReadOnlySpan<byte> data, out RespValue value, out int consumed)
    {
        consumed = 0;
        var at = 0;
        var status = Read(data, ref at, 0, out value);
        if (status == RespStatus.Complete)
            consumed = at;
        return status;
    }

    private RespStatus Read(ReadOnlySpan<byte> data, ref int at, int depth, out RespValue value)
    {
        value = RespValue.Null;
        if (at >= data.Length)
            return RespStatus.Incomplete;

        var kind = data[at];
        var rest = data[(at + 1)..];
        var end = rest[..Math.Min(rest.Length, LongestLine)].IndexOf("\r\n"u8);
        if (end < 0)
            return rest.Length < LongestLine && IsKind(kind) ? RespStatus.Incomplete : RespStatus.Malformed;

        var line = rest[..end];
        at += end + 3;
        switch (kind)
        {
            case (byte)'+':
                value = RespValue.OfText(line.ToArray());
                return RespStatus.Complete;
            case (byte)'-':
                value = RespValue.OfError(line.ToArray());
                return RespStatus.Complete;
            case (byte)':':
                if (!TryNumber(line, out var integer))
                    return RespStatus.Malformed;
                value = RespValue.OfInteger(integer);
                return RespStatus.Complete;
            case (byte)'$':
                return ReadText(data, ref at, line, out value);
            case (byte)'*':
                return depth < Deepest ? ReadArray(data, ref at, line, depth, out value) : RespStatus.Malformed;
            default:
                return RespStatus.Malformed;
        }
    }

    private RespStatus ReadText(ReadOnlySpan<byte> data, ref int at, ReadOnlySpan<byte> line, out RespValue value)
    {
        value = RespValue.Null;
        if (!TryNumber(line, out var length) || length < -1 || length > longest)
            return RespStatus.Malformed;
        if (length == -1)
            return RespStatus.Complete;
        if (data.Length - at < length + 2)
            return RespStatus.Incomplete;

        var text = data.Slice(at, (int)length);
        at += (int)length;
        if (!data.Slice(at, 2).SequenceEqual("\r\n"u8))
            return RespStatus.Malformed;

        at += 2;
        value = RespValue.OfText(text.ToArray());
        return RespStatus.Complete;
    }

    private RespStatus ReadArray(ReadOnlySpan<byte> data, ref int at, ReadOnlySpan<byte> line, int depth, out RespValue value)
    {
        value = RespValue.Null;
        if (!TryNumber(line, out var count) || count < -1 || count > MostItems)
            return RespStatus.Malformed;
        if (count == -1)
            return RespStatus.Complete;

        // An item has three bytes at least: a count that promises more than is there takes no memory yet.
        if ((data.Length - at) / 3 < count)
            return LooksWhole(data, at, depth) ? RespStatus.Incomplete : RespStatus.Malformed;

        var items = new RespValue[count];
        for (var i = 0; i < items.Length; i++)
        {
            var status = Read(data, ref at, depth + 1, out items[i]);
            if (status != RespStatus.Complete)
                return status;
        }

        value = RespValue.OfArray(items);
        return RespStatus.Complete;
    }

    private static bool LooksWhole(ReadOnlySpan<byte> data, int at, int depth) => depth < Deepest && (at >= data.Length || IsKind(data[at]));

    private static bool IsKind(byte kind) => kind is (byte)'+' or (byte)'-' or (byte)':' or (byte)'$' or (byte)'*';

    private static bool TryNumber(ReadOnlySpan<byte> line, out long number) =>
        Utf8Parser.TryParse(line, out number, out var used) && used == line.Length && line.Length > 0;
}
