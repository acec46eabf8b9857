using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>
/// Reads SDP (RFC 8866, and what RFC 4566 and 2327 allowed). It is strict about what the relay depends on (lines, v=, o=, c=, m=,
/// a=rtcp) and leaves everything else alone. It never throws; what is wrong is said in words that fit a Warning header.
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

            document.Lines.Add(new SdpLine(line[0], start, length, full));
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
                if (media is not null)
                    media.EndLine = i;

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

        if (media is not null)
            media.EndLine = document.Lines.Count;

        foreach (var item in document.MediaList)
        {
            if (item.Port != 0 && !item.Connection.Present)
                return "the SDP has no c= line for a media line";
        }

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
            if (TryReadDirection(value, out var direction))
            {
                media.Direction = direction;
                media.HasDirection = true;
            }
            else if (SdpAttributes.NameOf(value).SequenceEqual("rtcp-mux"u8))
            {
                media.RtcpMux = true;
            }
            else if (SdpAttributes.NameOf(value).SequenceEqual("rtcp"u8) && !TryReadRtcp(SdpAttributes.ValueOf(value), media))
            {
                return "a=rtcp cannot be read in the section";
            }
        }

        return null;
    }

    private static bool TryReadMedia(SdpDocument document, int index, SdpMedia media)
    {
        var line = document.LineBytes(index);
        var rest = line[2..];
        var offset = document.Lines[index].Start + 2;
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
        media.PortStart = offset + portStart;
        media.PortLength = portField.Length;
        media.Transport = TransportOf(protocol);
        media.FormatsStart = offset + formatsStart;
        media.FormatsLength = rest.Length - formatsStart;
        return true;
    }

    private static SdpTransport TransportOf(ReadOnlySpan<byte> protocol) =>
        Ascii.EqualsIgnoreCase(protocol, "RTP/AVP"u8) ? SdpTransport.RtpAvp
        : Ascii.EqualsIgnoreCase(protocol, "RTP/AVPF"u8) ? SdpTransport.RtpAvpf
        : Ascii.EqualsIgnoreCase(protocol, "RTP/SAVP"u8) ? SdpTransport.RtpSavp
        : Ascii.EqualsIgnoreCase(protocol, "RTP/SAVPF"u8) ? SdpTransport.RtpSavpf
        : SdpTransport.Unknown;

    // RFC 3605 §2.1: port [nettype addrtype address]
    private static bool TryReadRtcp(ReadOnlySpan<byte> value, SdpMedia media)
    {
        var portField = NextField(value);
        if (!TryReadPort(portField, out var port) || port == 0)
            return false;

        media.RtcpPort = port;
        if (portField.Length == value.Length)
            return true;

        if (!TryReadConnection(value[(portField.Length + 1)..], out var connection))
            return false;

        media.RtcpAddress = connection.Address;
        return true;
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

    private static bool TryReadDirection(ReadOnlySpan<byte> attribute, out SdpDirection direction)
    {
        direction = attribute.SequenceEqual("sendrecv"u8) ? SdpDirection.SendRecv
            : attribute.SequenceEqual("sendonly"u8) ? SdpDirection.SendOnly
            : attribute.SequenceEqual("recvonly"u8) ? SdpDirection.RecvOnly
            : SdpDirection.Inactive;
        return direction != SdpDirection.Inactive || attribute.SequenceEqual("inactive"u8);
    }

    private static bool TryReadPort(ReadOnlySpan<byte> text, out int port) =>
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
