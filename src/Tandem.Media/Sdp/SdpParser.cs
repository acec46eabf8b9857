using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>
/// Reads SDP (RFC 8866, and what RFC 4566 and 2327 allowed). It is strict about what a session depends on (lines, v=, o=, c=, m=,
/// a=rtcp); an attribute that cannot be read is as if it were not there. It never throws; what is wrong is said in words that fit a Warning header.
/// </summary>
public static class SdpParser
{
    /// <summary>Parses <paramref name="bytes"/>, which the document keeps. False: <paramref name="error"/> says why.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        MediaOptions limits,
        [NotNullWhen(true)] out SdpDocument? document,
        out string error)
    {
        var parsed = new SdpDocument(bytes);
        error = Split(parsed, limits) ?? ReadSession(parsed) ?? ReadMediaLines(parsed, limits) ?? "";
        document = error.Length == 0 ? parsed : null;
        return document is not null;
    }

    private static string? Split(SdpDocument document, MediaOptions limits)
    {
        var bytes = document.Bytes.Span;
        if (bytes.Length == 0)
            return "the SDP is empty";
        if (bytes.Length > limits.MaxSdpBytes)
            return $"the SDP is longer than {limits.MaxSdpBytes} bytes";
        if (bytes.Contains((byte)0))
            return "the SDP contains a NUL byte";

        var start = 0;
        while (start < bytes.Length)
        {
            var feed = bytes[start..].IndexOf((byte)'\n');
            var full = feed < 0 ? bytes.Length - start : feed + 1;
            var length = feed < 0 ? full : feed;
            if (length > 0 && bytes[start + length - 1] == '\r')
                length--;

            // Some phones close with an empty line; inside a description there is none.
            if (length == 0)
            {
                if (bytes[start..].TrimStart("\r\n"u8).Length != 0)
                    return $"line {document.Lines.Count + 1} of the SDP is empty";
                break;
            }

            var line = bytes.Slice(start, length);
            if (length < 2 || line[1] != '=' || line[0] is < (byte)'a' or > (byte)'z' || line.Contains((byte)'\r'))
                return $"line {document.Lines.Count + 1} of the SDP is not of the form x=value";
            if (document.Lines.Count == limits.MaxSdpLines)
                return $"the SDP has more than {limits.MaxSdpLines} lines";

            document.Lines.Add(new SdpLine(line[0], start, length));
            start += full;
        }

        return document.Lines.Count == 0 ? "the SDP is empty" : null;
    }

    private static string? ReadSession(SdpDocument document)
    {
        if (document.Lines[0].Type != 'v' || !document.Value(0).SequenceEqual("0"u8))
            return "the SDP does not begin with v=0";

        var origins = 0;
        bool hasName = false, hasTime = false;
        for (var i = 0; i < document.Lines.Count && document.Lines[i].Type != 'm'; i++)
        {
            switch (document.Lines[i].Type)
            {
                case (byte)'v' when i > 0:
                    return "the SDP has more than one v= line";
                case (byte)'o':
                    origins++;
                    if (CountFields(document.Value(i)) != 6)
                        return "the o= line of the SDP does not have six fields";
                    break;
                case (byte)'s':
                    hasName = true;
                    break;
                case (byte)'t':
                    hasTime = true;
                    break;
                case (byte)'c':
                    if (!TryReadConnection(document.Value(i), out var connection))
                        return "a c= line of the SDP cannot be read";
                    document.Connection = connection;
                    break;
                case (byte)'a' when TryReadDirection(document.Value(i), out var direction):
                    document.Direction = direction;
                    break;
                case (byte)'a':
                    SdpAttributeReader.ReadSession(document, document.Value(i));
                    break;
            }
        }

        if (origins != 1)
            return origins == 0 ? "the SDP has no o= line" : "the SDP has more than one o= line";
        if (!hasName)
            return "the SDP has no s= line";
        return hasTime ? null : "the SDP has no t= line";
    }

    private static string? ReadMediaLines(SdpDocument document, MediaOptions limits)
    {
        SdpMedia? media = null;
        for (var i = 0; i < document.Lines.Count; i++)
        {
            var value = document.Value(i);
            if (document.Lines[i].Type == 'm')
            {
                if (document.MediaList.Count == limits.MaxMediaLines)
                    return $"the SDP has more than {limits.MaxMediaLines} m= lines";
                media = new SdpMedia(document, i) { Connection = document.Connection, Direction = document.Direction ?? SdpDirection.SendRecv };
                document.MediaList.Add(media);
                if (!TryReadMedia(document, i, media))
                    return $"m= line {document.MediaList.Count} of the SDP cannot be read";
            }
            else if (media is not null && ReadMediaDetail(document.Lines[i].Type, value, media) is { } error)
            {
                return $"{error} of m= line {document.MediaList.Count}";
            }
        }

        foreach (var item in document.MediaList)
        {
            if (item.Port != 0 && !item.Connection.Present)
                return "the SDP has no c= line for a media line";
        }

        SdpAttributeReader.Finish(document);
        return null;
    }

    private static string? ReadMediaDetail(byte type, ReadOnlySpan<byte> value, SdpMedia media)
    {
        if (type is (byte)'v' or (byte)'o' or (byte)'s' or (byte)'t')
            return "a session line stands in the section";

        if (type == 'c')
        {
            if (!TryReadConnection(value, out var connection))
                return "a c= line cannot be read in the section";
            media.Connection = connection;
        }
        else if (type == 'a')
        {
            return SdpAttributeReader.Read(media, value);
        }
        else if (type == 'b' && media.BandwidthList.Count < 4)
        {
            media.BandwidthList.Add(Encoding.Latin1.GetString(value));
        }

        return null;
    }

    private static bool TryReadMedia(SdpDocument document, int index, SdpMedia media)
    {
        var rest = document.Value(index);
        var kind = NextField(rest);
        var portField = NextField(rest[Math.Min(kind.Length + 1, rest.Length)..]);
        var portStart = kind.Length + 1;
        var protocolStart = portStart + portField.Length + 1;
        if (kind.Length == 0 || kind.Length > 32 || portField.Length == 0 || protocolStart >= rest.Length)
            return false;

        var slash = portField.IndexOf((byte)'/');
        var number = slash < 0 ? portField : portField[..slash];
        if (!TryReadPort(number, out var port) || (slash >= 0 && !TryReadPort(portField[(slash + 1)..], out _)))
            return false;

        var protocol = NextField(rest[protocolStart..]);
        var formatsStart = protocolStart + protocol.Length + 1;
        if (protocol.Length == 0 || formatsStart >= rest.Length)
            return false;

        media.Kind = Encoding.Latin1.GetString(kind);
        media.Port = port;
        media.Transport = SdpTransports.Parse(protocol);
        media.Protocol = Encoding.Latin1.GetString(protocol);
        return TryReadFormats(rest[formatsStart..], media);
    }

    // A payload type counts once; RTP has 128 of them, and other protocols name few formats.
    private static bool TryReadFormats(ReadOnlySpan<byte> rest, SdpMedia media)
    {
        while (rest.Length > 0)
        {
            var field = NextField(rest);
            rest = rest[Math.Min(field.Length + 1, rest.Length)..];
            if (field.Length is 0 or > 32 || media.FormatList.Count == 128)
                continue;

            var token = Encoding.Latin1.GetString(field);
            if (!media.Transport.IsRtp())
                media.FormatList.Add(new SdpFormat(token, -1, token, 0, 1, ""));
            else if (TryReadPort(field, out var type) && type < 128 && !media.FormatList.Exists(format => format.PayloadType == type))
                media.FormatList.Add(StaticFormats.Of(token, type));
        }

        return media.FormatList.Count > 0;
    }

    /// <summary>Reads <c>IN IP4 192.0.2.1</c> (RFC 8866 §5.7), multicast suffixes included.</summary>
    internal static bool TryReadConnection(ReadOnlySpan<byte> value, out SdpConnection connection)
    {
        connection = default;
        value = value.TrimEnd((byte)' ');
        var isV6 = value.StartsWith("IN IP6 "u8);
        if (!isV6 && !value.StartsWith("IN IP4 "u8))
            return false;

        var host = value[7..];
        if (host.Length == 0 || host.Contains((byte)' '))
            return false;

        var slash = host.IndexOf((byte)'/');
        var bare = slash < 0 ? host : host[..slash];
        if (!NetAddress.TryParse(bare, 0, out var address))
        {
            // A name is allowed (RFC 8866 §5.7). It is not resolved: the side's packets tell where it is.
            var isName = bare.ContainsAnyInRange((byte)'a', (byte)'z') || bare.ContainsAnyInRange((byte)'A', (byte)'Z');
            if (!isName || bare.Contains((byte)':') || bare[0] == '[')
                return false;

            connection = new SdpConnection(true, isV6, default, false, false);
            return true;
        }

        if (address.IsUnspecified)
        {
            connection = new SdpConnection(true, isV6, default, true, false);
            return true;
        }

        var multicast = address.IsV6 ? bare.StartsWith("ff"u8) || bare.StartsWith("FF"u8) : address.V4 >> 28 == 0xE || address.V4 == uint.MaxValue;
        connection = new SdpConnection(true, address.IsV6, multicast ? default : address, false, multicast);
        return multicast || slash < 0;
    }

    internal static bool TryReadDirection(ReadOnlySpan<byte> attribute, out SdpDirection direction)
    {
        direction = attribute.SequenceEqual("sendrecv"u8) ? SdpDirection.SendRecv
            : attribute.SequenceEqual("sendonly"u8) ? SdpDirection.SendOnly
            : attribute.SequenceEqual("recvonly"u8) ? SdpDirection.RecvOnly
            : SdpDirection.Inactive;
        return direction != SdpDirection.Inactive || attribute.SequenceEqual("inactive"u8);
    }

    internal static bool TryReadPort(ReadOnlySpan<byte> text, out int port) =>
        Utf8Parser.TryParse(text, out port, out var used) && used == text.Length && text[0] is >= (byte)'0' and <= (byte)'9' && port <= 65535;

    private static ReadOnlySpan<byte> NextField(ReadOnlySpan<byte> text)
    {
        var space = text.IndexOf((byte)' ');
        return space < 0 ? text : text[..space];
    }

    private static int CountFields(ReadOnlySpan<byte> text)
    {
        var fields = 0;
        while (text.Length > 0)
        {
            var field = NextField(text);
            if (field.Length > 0)
                fields++;
            text = text[Math.Min(field.Length + 1, text.Length)..];
        }

        return fields;
    }
}
