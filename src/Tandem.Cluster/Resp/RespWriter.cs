using System.Buffers;
using System.Buffers.Text;

namespace Tandem.Cluster.Resp;

/// <summary>Writes commands: arrays of texts with their lengths, so that no text can be taken for another command.</summary>
public static class RespWriter
{
    /// <summary>Appends one command.</summary>
    public static void Write(IBufferWriter<byte> to, RedisCommand command)
    {
        Head(to, (byte)'*', command.Parts.Length);
        foreach (var part in command.Parts)
        {
            Head(to, (byte)'$', part.Length);
            to.Write(part.Span);
            to.Write("\r\n"u8);
        }
    }

    private static void Head(IBufferWriter<byte> to, byte kind, int number)
    {
        var span = to.GetSpan(16);
        span[0] = kind;
        Utf8Formatter.TryFormat(number, span[1..], out var written);
        span[written + 1] = (byte)'\r';
        span[written + 2] = (byte)'\n';
        to.Advance(written + 3);
    }
}
