using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>
/// Writes an SDP again with our address and ports. Lines that speak of neither pass byte by byte and in order: codecs, fmtp,
/// crypto, ptime, unknown attributes. One instance writes to one side of a session: it owns the origin that this side sees,
/// whose id stays and whose version grows by one when, and only when, something else changed (RFC 3264 §5, §8).
/// </summary>
public sealed class SdpRewriter(long sessionId)
{
    private byte[] _last = [];
    private int _originStart;
    private int _originLength;
    private long _version;

    /// <summary>The version of the last SDP written; 0 before the first.</summary>
    public long Version => _version;

    /// <summary>Writes <paramref name="document"/> for this side.</summary>
    /// <param name="document">What the other side sent.</param>
    /// <param name="address">Our address as this side shall see it; the port is not used.</param>
    /// <param name="media">One entry for each media line, those taken from <paramref name="padding"/> excluded.</param>
    /// <param name="padding">The offer, when <paramref name="document"/> is an answer with fewer lines: the rest is refused (RFC 3264 §6).</param>
    public byte[] Write(SdpDocument document, NetAddress address, ReadOnlySpan<SdpMediaRewrite> media, SdpDocument? padding = null)
    {
        var output = new ArrayBufferWriter<byte>(document.Bytes.Length + 128);
        var origin = 0;
        var sessionEnd = document.MediaList.Count > 0 ? document.MediaList[0].FirstLine : document.Lines.Count;
        for (var i = 0; i < sessionEnd; i++)
        {
            if (document.Lines[i].Type == 'o')
                origin = output.WrittenCount;
            else
                WriteSessionLine(output, document, i, address);
        }

        for (var i = 0; i < document.MediaList.Count; i++)
            WriteSection(output, document, document.MediaList[i], address, media[i]);

        for (var i = document.MediaList.Count; padding is not null && i < padding.MediaList.Count; i++)
            WriteMediaLine(output, padding, padding.MediaList[i], 0);

        return Finish(output.WrittenSpan, origin, address);
    }

    private static void WriteSessionLine(ArrayBufferWriter<byte> output, SdpDocument document, int line, NetAddress address)
    {
        var type = document.Lines[line].Type;
        if (type == 'c')
            WriteConnection(output, address);
        else if (type != 'a' || !SdpAttributes.IsStripped(document.Value(line)))
            WriteFull(output, document, line);
    }

    private static void WriteSection(ArrayBufferWriter<byte> output, SdpDocument document, SdpMedia media, NetAddress address, SdpMediaRewrite rewrite)
    {
        WriteMediaLine(output, document, media, rewrite.Port);
        var directionLeft = rewrite.Direction;
        for (var i = media.FirstLine + 1; i < media.EndLine; i++)
        {
            var type = document.Lines[i].Type;
            if (type == 'c')
            {
                WriteConnection(output, address);
                continue;
            }

            if (type == 'a')
            {
                var value = document.Value(i);
                if (SdpAttributes.IsStripped(value) || (!rewrite.KeepMux && IsMux(value)))
                    continue;

                if (rewrite.Direction is not null && IsDirection(value))
                {
                    if (directionLeft is { } direction)
                        WriteDirection(output, direction);
                    directionLeft = null;
                    continue;
                }
            }

            WriteFull(output, document, i);
        }

        if (directionLeft is { } missing)
            WriteDirection(output, missing);
    }

    private static bool IsMux(ReadOnlySpan<byte> attribute) => SdpAttributes.NameOf(attribute).StartsWith("rtcp-mux"u8);

    private static bool IsDirection(ReadOnlySpan<byte> attribute) =>
        attribute.SequenceEqual("sendrecv"u8) || attribute.SequenceEqual("sendonly"u8)
        || attribute.SequenceEqual("recvonly"u8) || attribute.SequenceEqual("inactive"u8);

    private static void WriteMediaLine(ArrayBufferWriter<byte> output, SdpDocument document, SdpMedia media, int port)
    {
        var bytes = document.Bytes.Span;
        var line = document.Lines[media.FirstLine];
        output.Write(bytes[line.Start..media.PortStart]);
        WriteNumber(output, port);
        output.Write(bytes[(media.PortStart + media.PortLength)..(line.Start + line.Length)]);
        WriteLineEnd(output, document, media.FirstLine);
    }

    private static void WriteConnection(ArrayBufferWriter<byte> output, NetAddress address)
    {
        output.Write(address.IsV6 ? "c=IN IP6 "u8 : "c=IN IP4 "u8);
        WriteText(output, address.HostText());
        output.Write("\r\n"u8);
    }

    private static void WriteDirection(ArrayBufferWriter<byte> output, SdpDirection direction)
    {
        output.Write(direction switch
        {
            SdpDirection.SendRecv => "a=sendrecv\r\n"u8,
            SdpDirection.SendOnly => "a=sendonly\r\n"u8,
            SdpDirection.RecvOnly => "a=recvonly\r\n"u8,
            _ => "a=inactive\r\n"u8,
        });
    }

    private static void WriteFull(ArrayBufferWriter<byte> output, SdpDocument document, int line)
    {
        output.Write(document.LineBytes(line));
        WriteLineEnd(output, document, line);
    }

    // The last line may lack its end; what follows it, or the other side's parser, needs one.
    private static void WriteLineEnd(ArrayBufferWriter<byte> output, SdpDocument document, int line)
    {
        var end = document.FullLine(line)[document.Lines[line].Length..];
        output.Write(end.EndsWith("\n"u8) ? end : "\r\n"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var span = output.GetSpan(text.Length);
        output.Advance(Encoding.Latin1.GetBytes(text, span));
    }

    private byte[] Finish(ReadOnlySpan<byte> body, int origin, NetAddress address)
    {
        var same = _version > 0
            && body[..origin].SequenceEqual(_last.AsSpan(0, _originStart))
            && body[origin..].SequenceEqual(_last.AsSpan(_originStart + _originLength));
        if (!same)
            _version++;

        var line = new ArrayBufferWriter<byte>(80);
        line.Write("o=- "u8);
        WriteNumber(line, sessionId);
        line.Write(" "u8);
        WriteNumber(line, _version);
        line.Write(address.IsV6 ? " IN IP6 "u8 : " IN IP4 "u8);
        WriteText(line, address.HostText());
        line.Write("\r\n"u8);

        var result = new byte[body.Length + line.WrittenCount];
        body[..origin].CopyTo(result);
        line.WrittenSpan.CopyTo(result.AsSpan(origin));
        body[origin..].CopyTo(result.AsSpan(origin + line.WrittenCount));
        _last = result;
        _originStart = origin;
        _originLength = line.WrittenCount;
        return result;
    }
}
