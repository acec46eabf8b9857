using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>Writes a description (RFC 8866 §5) from its parts, in the order that the grammar gives (§9). Pure, but for the origin.</summary>
internal static class SdpWriter
{
    private const string Hex = "0123456789ABCDEF";
    private const int UsualBytes = 2048;
    private const int MostKept = 16 * 1024;

    // Descriptions of a thread are made in the same memory, one after the other.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    /// <param name="origin">The origin that this side sees; its version is the one that the description goes out under.</param>
    /// <param name="address">Our address as this side shall see it; the port is not used.</param>
    /// <param name="bundles">The mids of each BUNDLE group.</param>
    /// <param name="sections">The media lines.</param>
    public static byte[] Write(SdpOrigin origin, NetAddress address, IReadOnlyList<IReadOnlyList<string>> bundles, IReadOnlyList<SdpSection> sections)
    {
        var body = _scratch is { Capacity: <= MostKept } kept ? kept : _scratch = new ArrayBufferWriter<byte>(UsualBytes);
        body.ResetWrittenCount();
        var host = address.HostText();
        var family = address.IsV6 ? "IP6" : "IP4";
        Text(body, "s=-\r\nc=IN ");
        Text(body, family);
        Text(body, " ");
        Text(body, host);
        Line(body, "\r\nt=0 0");
        foreach (var mids in bundles)
            Line(body, "a=group:BUNDLE " + string.Join(' ', mids));

        // RFC 8839 §5.3, §5.6: a lite agent says so for the whole session.
        foreach (var section in sections)
        {
            if (section.IceUfrag.Length == 0)
                continue;

            Line(body, "a=ice-lite\r\na=ice-options:ice2");
            break;
        }

        foreach (var section in sections)
            Section(body, section);

        var head = $"v=0\r\no=- {origin.Id} {origin.Next(body.WrittenSpan)} IN {family} {host}\r\n";
        var result = new byte[head.Length + body.WrittenCount];
        Encoding.Latin1.GetBytes(head, result);
        body.WrittenSpan.CopyTo(result.AsSpan(head.Length));
        return result;
    }

    private static void Section(ArrayBufferWriter<byte> output, SdpSection section)
    {
        Text(output, "m=");
        Text(output, section.Kind);
        Text(output, " ");
        Number(output, section.Port);
        Text(output, " ");
        Text(output, section.Protocol);
        foreach (var format in section.Formats)
        {
            Text(output, " ");
            Text(output, format.Token);
        }

        Line(output, "");
        if (section.IsRefused)
        {
            if (section.Mid.Length > 0)
                Pair(output, "a=mid:", section.Mid);
            return;
        }

        foreach (var bandwidth in section.Bandwidths)
            Pair(output, "b=", bandwidth);

        Transport(output, section);
        foreach (var format in section.Formats)
            Format(output, format);

        if (section.PacketMilliseconds > 0)
            Attribute(output, "ptime:", section.PacketMilliseconds);
        if (section.MaxPacketMilliseconds > 0)
            Attribute(output, "maxptime:", section.MaxPacketMilliseconds);
        foreach (var other in section.Others)
            Pair(output, "a=", other);
        if (section.Direction is { } direction)
            Line(output, DirectionOf(direction));
    }

    private static void Transport(ArrayBufferWriter<byte> output, SdpSection section)
    {
        if (section.Mid.Length > 0)
            Pair(output, "a=mid:", section.Mid);
        if (section.IsBundleOnly)
            Line(output, "a=bundle-only");
        if (section.RtcpMux)
            Line(output, "a=rtcp-mux");
        if (section.ReducedRtcp)
            Line(output, "a=rtcp-rsize");
        foreach (var crypto in section.Crypto)
            Pair(output, "a=crypto:", crypto);

        if (section.Fingerprint is { } fingerprint)
        {
            Text(output, "a=fingerprint:");
            Text(output, fingerprint.Algorithm);
            var separator = " ";
            foreach (var octet in fingerprint.Value.Span)
            {
                Text(output, separator);
                Text(output, [Hex[octet >> 4], Hex[octet & 15]]);
                separator = ":";
            }

            Line(output, "");
        }

        if (section.Setup != SdpSetup.None)
            Pair(output, "a=setup:", SetupOf(section.Setup));
        if (section.TlsId.Length > 0)
            Pair(output, "a=tls-id:", section.TlsId);
        if (section.IsIceMismatch)
            Line(output, "a=ice-mismatch");
        if (section.IceUfrag.Length == 0)
            return;

        Pair(output, "a=ice-ufrag:", section.IceUfrag);
        Pair(output, "a=ice-pwd:", section.IcePassword);
        foreach (var candidate in section.Candidates)
            Pair(output, "a=candidate:", candidate);
        Line(output, "a=end-of-candidates");
    }

    private static void Format(ArrayBufferWriter<byte> output, SdpFormat format)
    {
        if (format.PayloadType >= 0 && format.Name.Length > 0)
        {
            Attribute(output, "rtpmap:", format.PayloadType, false);
            Text(output, " ");
            Text(output, format.Name);
            Text(output, "/");
            Number(output, format.ClockRate);
            if (format.Channels > 1)
            {
                Text(output, "/");
                Number(output, format.Channels);
            }

            Line(output, "");
        }

        if (format.Parameters.Length == 0)
            return;

        Text(output, "a=fmtp:");
        Text(output, format.Token);
        Text(output, " ");
        Line(output, format.Parameters);
    }

    private static string DirectionOf(SdpDirection direction) => direction switch
    {
        SdpDirection.SendRecv => "a=sendrecv",
        SdpDirection.SendOnly => "a=sendonly",
        SdpDirection.RecvOnly => "a=recvonly",
        _ => "a=inactive",
    };

    private static string SetupOf(SdpSetup setup) => setup switch
    {
        SdpSetup.Active => "active",
        SdpSetup.Passive => "passive",
        SdpSetup.HoldConn => "holdconn",
        _ => "actpass",
    };

    private static void Attribute(ArrayBufferWriter<byte> output, string name, int value, bool ends = true)
    {
        Text(output, "a=");
        Text(output, name);
        Number(output, value);
        if (ends)
            Line(output, "");
    }

    private static void Line(ArrayBufferWriter<byte> output, string text)
    {
        Text(output, text);
        Text(output, "\r\n");
    }

    private static void Pair(ArrayBufferWriter<byte> output, string name, string value)
    {
        Text(output, name);
        Line(output, value);
    }

    private static void Number(ArrayBufferWriter<byte> output, int number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(11), out var written);
        output.Advance(written);
    }

    // What came in as Latin-1 goes out as the bytes that it was.
    private static void Text(ArrayBufferWriter<byte> output, ReadOnlySpan<char> text) =>
        output.Advance(Encoding.Latin1.GetBytes(text, output.GetSpan(text.Length)));
}
