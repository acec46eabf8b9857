using Tandem.Sip.Parsing;

namespace Tandem.Calls.Tracing;

/// <summary>
/// Hides the secrets of a SIP message where it lies, by an <c>x</c> for each byte, so that lengths stay true: what proves a password
/// (Authorization), keys of media (RFC 4568, ICE, the old <c>k=</c>), and the digits that phones send by INFO. A password that a provider repeats is hidden by <see cref="Trunks.ProviderSecret"/>.
/// </summary>
public static class TraceMask
{
    private const byte Hidden = (byte)'x';

    /// <summary>Hides them.</summary>
    /// <param name="message">The message; changed.</param>
    /// <param name="hideDigits">Whether digits are hidden too.</param>
    public static void Apply(Span<byte> message, bool hideDigits)
    {
        var glance = SipGlance.At(message);
        if (!HasSecrets(message, glance, hideDigits))
            return;

        // Read before the bytes change under the glance.
        var body = glance.BodyStart;
        var isDigits = hideDigits && IsDigits(glance.ContentType);
        HideCredentials(message[..body]);
        if (HasEcho(message))
            HideResponses(message);
        if (body < message.Length)
            HideBody(message[body..], isDigits);
    }

    /// <summary>True when there may be something to hide in a message: most have nothing, and need not be copied for it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="glance">What a look at it told.</param>
    /// <param name="hideDigits">Whether digits are hidden too.</param>
    public static bool HasSecrets(ReadOnlySpan<byte> message, in SipGlance glance, bool hideDigits)
    {
        if (glance.HasCredentials || HasEcho(message))
            return true;

        var body = message[glance.BodyStart..];
        return !body.IsEmpty
            && ((hideDigits && IsDigits(glance.ContentType))
                || body.StartsWith("k="u8) || body.IndexOf("\nk="u8) >= 0
                || body.IndexOf("a=crypto:"u8) >= 0 || body.IndexOf("a=ice-pwd:"u8) >= 0);
    }

    // Who refuses a request may repeat it: in the reason phrase, in a Warning, in the body.
    private static bool HasEcho(ReadOnlySpan<byte> message) => message.Length > 8 && message.StartsWith("SIP/2.0 "u8) && message[8] > (byte)'2' && HasResponse(message);

    // Names of parameters compare without case. The letter p is the rarest of the word.
    private static bool HasResponse(ReadOnlySpan<byte> text)
    {
        const int before = 3;
        for (var from = before; from < text.Length;)
        {
            var next = text[from..].IndexOfAny((byte)'p', (byte)'P');
            if (next < 0)
                return false;

            from += next + 1;
            if (IsStart(text[(from - 1 - before)..], "response"u8))
                return true;
        }

        return false;
    }

    private static void HideResponses(Span<byte> text)
    {
        while (!text.IsEmpty)
            HideParameter(NextLine(ref text), "response"u8);
    }

    private static bool IsDigits(ReadOnlySpan<byte> type) => type.IndexOf("dtmf"u8) >= 0 || type.IndexOf("DTMF"u8) >= 0;

    private static void HideCredentials(Span<byte> head)
    {
        var isSecret = false;
        while (!head.IsEmpty)
        {
            var line = NextLine(ref head);
            if (line.IsEmpty)
                continue;

            // RFC 3261 §7.3.1: a line that begins with a space goes on with the field before it.
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (isSecret)
                    HideResponse(line);
                continue;
            }

            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                isSecret = false;
                continue;
            }

            var name = line[..colon].TrimEnd((byte)' ');
            isSecret = IsName(name, "authorization"u8) || IsName(name, "proxy-authorization"u8) || IsName(name, "authentication-info"u8);
            if (!isSecret)
                continue;

            var value = line[(colon + 1)..].TrimStart((byte)' ');
            if (name.Length != "authentication-info"u8.Length && !IsStart(value, "digest "u8))
                HideAll(value[(value.IndexOf((byte)' ') + 1)..]);
            else
                HideResponse(value);
        }
    }

    // response="..." of credentials and rspauth="..." of Authentication-Info: with the nonce beside it either may be guessed at offline.
    private static void HideResponse(Span<byte> value)
    {
        HideParameter(value, "response"u8);
        HideParameter(value, "rspauth"u8);
    }

    // Linear in the length: what was looked at for one occurrence is hidden, or is no other one.
    private static void HideParameter(Span<byte> value, ReadOnlySpan<byte> name)
    {
        for (var from = 0; from + name.Length < value.Length; from++)
        {
            if (!IsStart(value[from..], name) || (from > 0 && IsOfWord(value[from - 1])))
                continue;

            var rest = value[(from + name.Length)..].TrimStart(" \t"u8);
            if (rest.IsEmpty || rest[0] != '=')
                continue;

            // Inside a quoted string the quotes are escaped.
            rest = rest[1..].TrimStart(" \t"u8);
            if (rest.StartsWith("\\\""u8))
                rest = rest[1..];
            if (!rest.IsEmpty && rest[0] == '"')
            {
                rest = rest[1..];
                var end = rest.IndexOf((byte)'"');
                HideAll(end < 0 ? rest : rest[..end]);
            }
            else
            {
                var end = rest.IndexOfAny((byte)',', (byte)' ', (byte)'\t');
                HideAll(end < 0 ? rest : rest[..end]);
            }
        }
    }

    // The end of a longer name, or of another word.
    private static bool IsOfWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c == '_';

    private static void HideBody(Span<byte> body, bool isDigits)
    {
        var hasSignal = false;
        var whole = body;
        while (!body.IsEmpty)
        {
            var line = NextLine(ref body);
            if (line.StartsWith("a=crypto:"u8))
                HideInline(line);
            else if (line.StartsWith("a=ice-pwd:"u8))
                HideAll(line["a=ice-pwd:"u8.Length..]);
            else if (line.StartsWith("k="u8))
                HideAll(line[2..]);
            else if (isDigits && IsStart(line, "signal"u8) && line.IndexOf((byte)'=') is var equals and > 0)
            {
                hasSignal = true;
                HideAll(line[(equals + 1)..].TrimStart((byte)' '));
            }
        }

        // application/dtmf: nothing but the digit.
        if (isDigits && !hasSignal)
            HideAll(whole);
    }

    // RFC 4568 §6.1: there may be several keys, each "inline:" key and salt, then lifetime and MKI behind bars.
    private static void HideInline(Span<byte> line)
    {
        for (var at = line.IndexOf("inline:"u8); at >= 0; at = line.IndexOf("inline:"u8))
        {
            line = line[(at + "inline:"u8.Length)..];
            var end = line.IndexOfAny((byte)'|', (byte)' ', (byte)';');
            HideAll(end < 0 ? line : line[..end]);
        }
    }

    private static void HideAll(Span<byte> secret)
    {
        foreach (ref var b in secret)
        {
            if (b is not ((byte)'\r' or (byte)'\n'))
                b = Hidden;
        }
    }

    // The line without its end; the rest begins behind it.
    private static Span<byte> NextLine(ref Span<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static bool IsName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => name.Length == lower.Length && IsStart(name, lower);

    private static bool IsStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length < lower.Length)
            return false;

        for (var i = 0; i < lower.Length; i++)
        {
            var c = text[i];
            if (c is >= (byte)'A' and <= (byte)'Z')
                c |= 0x20;
            if (c != lower[i])
                return false;
        }

        return true;
    }
}
