using System.Buffers.Text;
using System.Text;
using Tandem.Core.Net;
using Tandem.Media.Srtp;

namespace Tandem.Media.Sdp;

/// <summary>
/// Reads the attributes of a description into its media lines. Only what the session depends on can be malformed (<c>a=rtcp</c>); an
/// attribute that cannot be read is as if it were not there.
/// </summary>
internal static class SdpAttributeReader
{
    private const int MaxCandidates = 64;
    private const int MaxGroups = 16;

    /// <summary>Reads the value of one <c>a=</c> line; a text says what is wrong with it.</summary>
    public static string? Read(SdpMedia media, ReadOnlySpan<byte> attribute)
    {
        var colon = attribute.IndexOf((byte)':');
        var name = colon < 0 ? attribute : attribute[..colon];
        var value = colon < 0 ? default : attribute[(colon + 1)..];
        if (SdpParser.TryReadDirection(attribute, out var direction))
        {
            media.Direction = direction;
            media.HasDirection = true;
            return null;
        }

        if (name.SequenceEqual("rtcp"u8))
            return TryReadRtcp(value, media) ? null : "a=rtcp cannot be read in the section";

        if (!TryReadFormat(media, name, value) && !TryReadTransport(media, name, value))
            media.OtherList.Add(Encoding.Latin1.GetString(attribute));
        return null;
    }

    /// <summary>Reads a session-level attribute.</summary>
    public static void ReadSession(SdpDocument document, ReadOnlySpan<byte> attribute)
    {
        if (attribute.SequenceEqual("ice-lite"u8))
        {
            document.IsIceLite = true;
            return;
        }

        if (attribute.StartsWith("group:"u8))
        {
            var words = Encoding.Latin1.GetString(attribute[6..]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0].Equals("BUNDLE", StringComparison.OrdinalIgnoreCase) && document.BundleList.Count < MaxGroups)
                document.BundleList.Add(words[1..]);
            return;
        }

        var colon = attribute.IndexOf((byte)':');
        if (colon > 0)
            TryReadTransport(document.SessionLevel, attribute[..colon], attribute[(colon + 1)..]);
    }

    /// <summary>Gives each line what the session says for it, once all lines are read.</summary>
    public static void Finish(SdpDocument document)
    {
        var session = document.HasSessionLevel ? document.SessionLevel : null;
        foreach (var media in document.MediaList)
        {
            if (session is not null)
                Inherit(media, session);

            // RFC 8839 §5.4: both belong together, at either level.
            var own = media.IceUfrag.Length > 0 && media.IcePassword.Length > 0;
            var (ufrag, password) = own || session is null ? (media.IceUfrag, media.IcePassword) : (session.IceUfrag, session.IcePassword);
            if (ufrag.Length > 0 && password.Length > 0 && media.Transport.IsRtp())
                media.Ice = new SdpIce(ufrag, password, document.IsIceLite, IsMismatch(media, session?.IsTrickle == true));
        }
    }

    private static void Inherit(SdpMedia media, SdpMedia session)
    {
        if (media.Fingerprints.Count == 0 && session.Fingerprints.Count > 0)
            media.FingerprintList.AddRange(session.FingerprintList);
        if (media.Setup == SdpSetup.None)
            media.Setup = session.Setup;
        if (media.TlsId.Length == 0)
            media.TlsId = session.TlsId;
    }

    // RFC 8839 §4.2.5; the exceptions are those of trickle (RFC 8840 §4.1.1) and of names.
    private static bool IsMismatch(SdpMedia media, bool isTrickle)
    {
        if (media.HasIceMismatch)
            return true;
        if (media.IsBundleOnly || media.Port is 0 or 9 || media.Connection.Address.IsUnspecified)
            return false;

        return !media.HasCandidates
            ? !isTrickle && !media.IsTrickle
            : !media.Candidates.Contains(media.Connection.Address.WithPort(media.Port));
    }

    private static bool TryReadFormat(SdpMedia media, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("rtpmap"u8))
            ReadMap(media, value);
        else if (name.SequenceEqual("fmtp"u8))
            ReadParameters(media, value);
        else if (name.SequenceEqual("ptime"u8))
            media.PacketMilliseconds = ReadMilliseconds(value);
        else if (name.SequenceEqual("maxptime"u8))
            media.MaxPacketMilliseconds = ReadMilliseconds(value);
        else if (name.SequenceEqual("mid"u8))
            media.Mid = IsToken(value) ? Encoding.Latin1.GetString(value) : "";
        else if (name.SequenceEqual("crypto"u8))
            media.CryptoList.Add(Encoding.Latin1.GetString(value));
        else if (name.SequenceEqual("rtcp-mux"u8) || name.SequenceEqual("rtcp-mux-only"u8))
            media.RtcpMux = true;
        else if (name.SequenceEqual("rtcp-rsize"u8))
            media.ReducedRtcp = true;
        else if (name.SequenceEqual("bundle-only"u8))
            media.IsBundleOnly = true;
        else
            return false;

        return true;
    }

    private static bool TryReadTransport(SdpMedia media, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("fingerprint"u8))
            ReadFingerprint(media, value);
        else if (name.SequenceEqual("setup"u8))
            media.Setup = SetupOf(value);
        else if (name.SequenceEqual("tls-id"u8))
            media.TlsId = value.Length is >= 20 and <= 255 && IsToken(value) ? Encoding.Latin1.GetString(value) : "";
        else if (name.SequenceEqual("ice-ufrag"u8))
            media.IceUfrag = IceText(value, 4);
        else if (name.SequenceEqual("ice-pwd"u8))
            media.IcePassword = IceText(value, 22);
        else if (name.SequenceEqual("ice-options"u8))
            media.IsTrickle = value.IndexOf("trickle"u8) >= 0;
        else if (name.SequenceEqual("ice-mismatch"u8))
            media.HasIceMismatch = true;
        else if (name.SequenceEqual("candidate"u8))
            ReadCandidate(media, value);
        else
            return name.SequenceEqual("end-of-candidates"u8) || name.SequenceEqual("remote-candidates"u8) || name.StartsWith("ice-"u8);

        return true;
    }

    // rtpmap: <type> <encoding>/<clock>[/<channels>]
    private static void ReadMap(SdpMedia media, ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out int type, out var used))
            return;

        value = value[used..].Trim((byte)' ');
        var slash = value.IndexOf((byte)'/');
        if (slash is <= 0 or > 64 || !Utf8Parser.TryParse(value[(slash + 1)..], out int clock, out used) || clock is <= 0 or > 192000)
            return;

        var rest = value[(slash + 1 + used)..];
        var channels = 1;
        if (rest.Length > 1 && rest[0] == '/' && Utf8Parser.TryParse(rest[1..], out int many, out _) && many is > 0 and <= 255)
            channels = many;
        if (Find(media, type) is var index and >= 0 && IsToken(value[..slash]))
            media.FormatList[index] = media.FormatList[index] with { Name = Encoding.Latin1.GetString(value[..slash]), ClockRate = clock, Channels = channels };
    }

    private static void ReadParameters(SdpMedia media, ReadOnlySpan<byte> value)
    {
        var space = value.IndexOf((byte)' ');
        if (space <= 0)
            return;

        var token = Encoding.Latin1.GetString(value[..space]);
        var index = media.FormatList.FindIndex(format => format.Token == token);
        if (index >= 0 && media.FormatList[index].Parameters.Length == 0)
            media.FormatList[index] = media.FormatList[index] with { Parameters = Encoding.Latin1.GetString(value[(space + 1)..].Trim((byte)' ')) };
    }

    private static int Find(SdpMedia media, int type)
    {
        for (var i = 0; i < media.FormatList.Count; i++)
        {
            if (media.FormatList[i].PayloadType == type)
                return i;
        }

        return -1;
    }

    private static int ReadMilliseconds(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out int milliseconds, out _) && milliseconds is > 0 and <= 1000 ? milliseconds : 0;

    // RFC 8122 §5: hash function, space, pairs of hexadecimal digits with colons between.
    private static void ReadFingerprint(SdpMedia media, ReadOnlySpan<byte> value)
    {
        var space = value.IndexOf((byte)' ');
        if (space is <= 0 or > 16 || media.FingerprintList.Count == 8)
            return;

        var text = Encoding.Latin1.GetString(value[(space + 1)..].Trim((byte)' '));
        var parts = text.Split(':');
        var hash = new byte[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length != 2 || !byte.TryParse(parts[i], System.Globalization.NumberStyles.AllowHexSpecifier, null, out hash[i]))
                return;
        }

        var algorithm = Encoding.Latin1.GetString(value[..space]).ToLowerInvariant();
        if (hash.Length == HashLength(algorithm))
            media.FingerprintList.Add(new CertificateFingerprint(algorithm, hash));
    }

    // RFC 8122 §5: MD2 and MD5 are forbidden; what we cannot compute is no check.
    private static int HashLength(string algorithm) => algorithm switch
    {
        "sha-1" => 20,
        "sha-256" => 32,
        "sha-384" => 48,
        "sha-512" => 64,
        _ => -1,
    };

    private static SdpSetup SetupOf(ReadOnlySpan<byte> value) =>
        Ascii.EqualsIgnoreCase(value, "active"u8) ? SdpSetup.Active
        : Ascii.EqualsIgnoreCase(value, "passive"u8) ? SdpSetup.Passive
        : Ascii.EqualsIgnoreCase(value, "actpass"u8) ? SdpSetup.ActPass
        : Ascii.EqualsIgnoreCase(value, "holdconn"u8) ? SdpSetup.HoldConn
        : SdpSetup.None;

    // RFC 8839 §5.1: foundation component transport priority address port typ type; only those of RTP over UDP say where media may go.
    private static void ReadCandidate(SdpMedia media, ReadOnlySpan<byte> value)
    {
        if (media.Candidates.Count == MaxCandidates)
            return;

        var fields = Encoding.Latin1.GetString(value).Split(' ');
        if (fields.Length >= 8
            && fields[1] == "1"
            && fields[2].Equals("udp", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(fields[5], System.Globalization.NumberStyles.None, null, out var port) && port is > 0 and < 65536
            && NetAddress.TryParse(fields[4], 0, out var address))
            media.Candidates.Add(address.WithPort(port));
    }

    // RFC 3605 §2.1: port [nettype addrtype address]
    private static bool TryReadRtcp(ReadOnlySpan<byte> value, SdpMedia media)
    {
        var space = value.IndexOf((byte)' ');
        var portField = space < 0 ? value : value[..space];
        if (!SdpParser.TryReadPort(portField, out var port) || port == 0)
            return false;

        media.RtcpPort = port;
        if (space < 0)
            return true;

        if (!SdpParser.TryReadConnection(value[(space + 1)..], out var connection))
            return false;

        media.RtcpAddress = connection.Address;
        return true;
    }

    // RFC 8839 §5.4: ice-char is a letter, a digit, + or /; at most 256 of them.
    private static string IceText(ReadOnlySpan<byte> value, int least)
    {
        if (value.Length < least || value.Length > 256)
            return "";

        foreach (var letter in value)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'+' or (byte)'/'))
                return "";
        }

        return Encoding.Latin1.GetString(value);
    }

    private static bool IsToken(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 255 && value.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;
}
