using System.Text;

namespace Tandem.Media.Sdp;

/// <summary>What the relay does with attributes: most pass, those that speak of addresses, ports or ICE do not.</summary>
internal static class SdpAttributes
{
    /// <summary>The name of an <c>a=</c> value: the bytes before the colon.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        return colon < 0 ? value : value[..colon];
    }

    /// <summary>The bytes after the colon; empty without one.</summary>
    public static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        return colon < 0 ? default : value[(colon + 1)..];
    }

    /// <summary>
    /// True for what must not pass because the media goes through us: ICE (RFC 8839 §4, 8840), <c>a=rtcp</c> (RFC 3605; our RTCP port
    /// is always the next one) and BUNDLE groups (RFC 9143; we give each media line its own port).
    /// </summary>
    public static bool IsStripped(ReadOnlySpan<byte> attribute)
    {
        var name = NameOf(attribute);
        if (name.Length == 0)
            return false;

        return name[0] switch
        {
            (byte)'c' => name.SequenceEqual("candidate"u8),
            (byte)'e' => name.SequenceEqual("end-of-candidates"u8),
            (byte)'g' => name.SequenceEqual("group"u8) && IsBundle(ValueOf(attribute)),
            (byte)'i' => name.StartsWith("ice-"u8),
            (byte)'r' => name.SequenceEqual("rtcp"u8) || name.SequenceEqual("remote-candidates"u8),
            (byte)'b' => name.SequenceEqual("bundle-only"u8),
            _ => false,
        };
    }

    private static bool IsBundle(ReadOnlySpan<byte> value) =>
        value.Length >= 6 && Ascii.EqualsIgnoreCase(value[..6], "BUNDLE"u8) && (value.Length == 6 || value[6] == ' ');
}
