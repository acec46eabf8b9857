using System.Buffers;
using System.Text;

namespace Tandem.Sip.Messages;

/// <summary>
/// A URI as slices of its text: SIP and SIPS (RFC 3261 §19.1), tel (RFC 3966), or any other absolute URI, of which only
/// the scheme is read.
/// </summary>
public ref struct SipUriValue
{
    // user = unreserved / escaped / user-unreserved. "#" is not in the grammar, but phones send star codes with it.
    private static readonly SearchValues<byte> UserBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()&=+$,;?/%#"u8);

    // password = unreserved / escaped / "&" / "=" / "+" / "$" / ","; ":" cannot be mistaken for anything after the first one.
    private static readonly SearchValues<byte> PasswordBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()&=+$,%:"u8);

    // paramchar with ";" and "=" between them; "?" ends the parameters.
    private static readonly SearchValues<byte> ParameterBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/:&+$%;=,@"u8);

    private static readonly SearchValues<byte> HeaderBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/?:+$%&=;,@"u8);

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private static readonly SearchValues<byte> TelBytes = SearchValues.Create("0123456789ABCDEFabcdef*#+-.()"u8);

    /// <summary>The scheme.</summary>
    public UriScheme Scheme { get; private set; }

    /// <summary>The whole URI as written.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The scheme as written, without the colon.</summary>
    public ReadOnlySpan<byte> SchemeText { get; private set; }

    /// <summary>The user part with its escapes, without a password; for tel the number with its separators. Empty when there is none.</summary>
    public ReadOnlySpan<byte> User { get; private set; }

    /// <summary>The password of the userinfo, with its escapes; empty when there is none.</summary>
    public ReadOnlySpan<byte> Password { get; private set; }

    /// <summary>The host; an IPv6 address keeps its brackets. Empty for tel and other schemes.</summary>
    public ReadOnlySpan<byte> Host { get; private set; }

    /// <summary>The port, 1 to 65535; -1 when there is none.</summary>
    public int Port { get; private set; }

    /// <summary>The parameters with their leading semicolon; empty when there are none.</summary>
    public ReadOnlySpan<byte> Params { get; private set; }

    /// <summary>The headers without the question mark; empty when there are none.</summary>
    public ReadOnlySpan<byte> Headers { get; private set; }

    /// <summary>True when there is an "@": <c>sip:@host</c> is refused, so the user part is not empty then.</summary>
    public readonly bool HasUser => User.Length > 0;

    /// <summary>True for a SIP or SIPS URI with the <c>lr</c> parameter (RFC 3261 §19.1.1).</summary>
    public readonly bool IsLooseRouter => Scheme is UriScheme.Sip or UriScheme.Sips && TryGetParam("lr"u8, out _);

    /// <summary>Reads a whole URI, without angle brackets and without white space around it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUriValue uri)
    {
        uri = default;
        uri.Port = -1;
        var colon = text.IndexOf((byte)':');
        if (colon <= 0 || !IsScheme(text[..colon]))
            return false;

        uri.Text = text;
        uri.SchemeText = text[..colon];
        var rest = text[(colon + 1)..];
        if (SipText.EqualsIgnoreCase(uri.SchemeText, "sip"u8))
            uri.Scheme = UriScheme.Sip;
        else if (SipText.EqualsIgnoreCase(uri.SchemeText, "sips"u8))
            uri.Scheme = UriScheme.Sips;
        else if (SipText.EqualsIgnoreCase(uri.SchemeText, "tel"u8))
            return uri.ReadTel(rest);
        else
            return IsPrintable(rest);

        return uri.ReadSip(rest);
    }

    /// <summary>
    /// Finds a URI parameter. The value is as written, with its escapes, and empty for a flag.
    /// </summary>
    public readonly bool TryGetParam(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var rest = Params;
        while (TryNextParam(ref rest, out var candidate, out value))
        {
            if (SipEscaping.EqualsText(candidate, name, ignoreCase: true))
                return true;
        }

        value = default;
        return false;
    }

    /// <summary>True when the user part is this text after its escapes are resolved; the case matters (RFC 3261 §19.1.4).</summary>
    public readonly bool UserEquals(ReadOnlySpan<byte> unescaped) =>
        User.Length > 0 && SipEscaping.EqualsText(User, unescaped, ignoreCase: false);

    /// <summary>
    /// The user part with its escapes resolved; for tel the number without visual separators. It may hold any character,
    /// control characters included: escape it again (<see cref="SipEscaping.EscapeUser"/>) before it goes into a message.
    /// </summary>
    public readonly string UserText()
    {
        if (Scheme != UriScheme.Tel)
            return SipEscaping.Unescape(User);

        Span<byte> digits = User.Length <= 256 ? stackalloc byte[User.Length] : new byte[User.Length];
        var length = 0;
        foreach (var b in User)
        {
            if (!SipEscaping.IsVisualSeparator(b))
                digits[length++] = b;
        }

        return Encoding.ASCII.GetString(digits[..length]);
    }

    /// <summary>The host as text, an IPv6 address with its brackets.</summary>
    public readonly string HostText() => Encoding.ASCII.GetString(Host);

    /// <summary>Takes the next <c>;name=value</c> from the front; false at the end.</summary>
    internal static bool TryNextParam(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        name = default;
        if (rest.Length == 0)
            return false;

        var body = rest[1..];
        var end = body.IndexOf((byte)';');
        var one = end < 0 ? body : body[..end];
        rest = end < 0 ? default : body[end..];
        var equal = one.IndexOf((byte)'=');
        name = equal < 0 ? one : one[..equal];
        value = equal < 0 ? default : one[(equal + 1)..];
        return true;
    }

    /// <summary>Splits <c>host [":" port]</c>, checking both; false when it is neither.</summary>
    internal static bool TryReadHostPort(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> host, out int port)
    {
        host = default;
        port = -1;
        int end;
        if (text.Length > 0 && text[0] == '[')
        {
            end = text.IndexOf((byte)']') + 1;
            if (end <= 0 || !IsIPv6(text[1..(end - 1)]))
                return false;
        }
        else
        {
            end = text.IndexOfAnyExcept(HostBytes);
            if (end < 0)
                end = text.Length;
            if (end == 0 || text[0] is (byte)'.' or (byte)'-' || text[..end].IndexOf(".."u8) >= 0)
                return false;
        }

        host = text[..end];
        var rest = text[end..];
        if (rest.Length == 0)
            return true;

        if (rest[0] != ':' || !SipText.TryParseNumber(rest[1..], 65_535, out var number) || number == 0)
            return false;

        port = (int)number;
        return true;
    }

    private bool ReadSip(ReadOnlySpan<byte> rest)
    {
        var at = rest.IndexOf((byte)'@');
        if (at >= 0)
        {
            var info = rest[..at];
            rest = rest[(at + 1)..];
            var colon = info.IndexOf((byte)':');
            if (colon >= 0)
            {
                Password = info[(colon + 1)..];
                info = info[..colon];
                if (!IsEscapedText(Password, PasswordBytes))
                    return false;
            }

            // sip:@host and a second "@" are ambiguous: who the user is must never depend on the reader.
            if (info.Length == 0 || !IsEscapedText(info, UserBytes) || rest.Contains((byte)'@'))
                return false;

            User = info;
        }

        var question = rest.IndexOf((byte)'?');
        if (question >= 0)
        {
            Headers = rest[(question + 1)..];
            rest = rest[..question];
            if (Headers.Length == 0 || !IsEscapedText(Headers, HeaderBytes) || Headers.Count((byte)'&') >= SipParams.MaxCount)
                return false;
        }

        var semicolon = rest.IndexOf((byte)';');
        if (semicolon >= 0)
        {
            Params = rest[semicolon..];
            rest = rest[..semicolon];
            if (!AreParams(Params))
                return false;
        }

        if (!TryReadHostPort(rest, out var host, out var port))
            return false;

        Host = host;
        Port = port;
        return true;
    }

    private bool ReadTel(ReadOnlySpan<byte> rest)
    {
        Scheme = UriScheme.Tel;
        var semicolon = rest.IndexOf((byte)';');
        if (semicolon >= 0)
        {
            Params = rest[semicolon..];
            rest = rest[..semicolon];
            if (!AreParams(Params))
                return false;
        }

        // A number is digits and separators, with one "+" at most, in front (RFC 3966 §3), and holds at least one digit.
        if (rest.Length == 0 || rest.IndexOfAnyExcept(TelBytes) >= 0 || rest.LastIndexOf((byte)'+') > 0)
            return false;

        User = rest;
        return rest.IndexOfAnyExcept("+-.()"u8) >= 0;
    }

    private static bool AreParams(ReadOnlySpan<byte> parameters)
    {
        if (!IsEscapedText(parameters, ParameterBytes))
            return false;

        for (var count = 0; TryNextParam(ref parameters, out var name, out _); count++)
        {
            if (name.Length == 0 || count == SipParams.MaxCount || StandsIn(parameters, name))
                return false;
        }

        return true;
    }

    // RFC 3261 §19.1.1: no name twice. Which of two transports or maddrs counts must not depend on the reader.
    private static bool StandsIn(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> name)
    {
        while (TryNextParam(ref parameters, out var other, out _))
        {
            if (SipEscaping.AreEquivalent(name, other, ignoreCase: true))
                return true;
        }

        return false;
    }

    private static bool IsEscapedText(ReadOnlySpan<byte> text, SearchValues<byte> allowed) =>
        text.IndexOfAnyExcept(allowed) < 0 && SipEscaping.AreEscapesComplete(text);

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        if (!SipText.IsAlpha(text[0]))
            return false;

        foreach (var b in text[1..])
        {
            if (!SipText.IsAlpha(b) && !SipText.IsDigit(b) && b is not ((byte)'+' or (byte)'-' or (byte)'.'))
                return false;
        }

        return true;
    }

    // A URI of another scheme is carried, never read: enough that it cannot break out of its brackets.
    private static bool IsPrintable(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0 && text.IndexOfAny("<>\""u8) < 0;

    // Groups of one to four hex digits, at most one "::", and a dotted IPv4 address in place of the last two (RFC 3261 §25.1).
    // A zone ("%eth0") has no place in SIP.
    private static bool IsIPv6(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 2 or > 45)
            return false;

        Span<char> characters = stackalloc char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!SipText.IsHex(text[i]) && text[i] is not ((byte)':' or (byte)'.'))
                return false;
            characters[i] = (char)text[i];
        }

        if (!text.Contains((byte)':'))
            return false;
        if (System.Net.IPAddress.TryParse(characters, out _))
            return true;

        // The grammar of RFC 3261 allows a third colon before an IPv4 tail by mistake; RFC 5118 §4.10 asks to tolerate it.
        var extra = text.IndexOf(":::"u8);
        if (extra < 0 || !text.Contains((byte)'.'))
            return false;

        characters[(extra + 1)..].CopyTo(characters[extra..]);
        return System.Net.IPAddress.TryParse(characters[..^1], out _);
    }
}
