using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tandem.Sip.Messages;

/// <summary>The basic rules of the grammar (RFC 3261 §25.1) over bytes.</summary>
public static class SipText
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    // callid = word ["@" word]: the "@" is counted by the caller of IsWord.
    private static readonly SearchValues<byte> WordBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~()<>:\\\"/[]?{}"u8);

    /// <summary>True for a non-empty token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept(TokenBytes) < 0;

    /// <summary>True for a byte of a token.</summary>
    public static bool IsTokenByte(byte value) => TokenBytes.Contains(value);

    /// <summary>How many bytes at the start belong to a token.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(TokenBytes);
        return end < 0 ? text.Length : end;
    }

    /// <summary>True for a non-empty word, the building block of Call-ID.</summary>
    public static bool IsWord(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept(WordBytes) < 0;

    /// <summary>True for <c>word ["@" word]</c>.</summary>
    public static bool IsCallId(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'@');
        return at < 0 ? IsWord(text) : IsWord(text[..at]) && IsWord(text[(at + 1)..]);
    }

    /// <summary>Equal without regard to the case of ASCII letters.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.Length == b.Length && Ascii.EqualsIgnoreCase(a, b);

    /// <summary>
    /// Reads <c>1*DIGIT</c> and nothing else; false for an empty text, a sign, another byte, or a value above
    /// <paramref name="maximum"/>. Leading zeros are allowed.
    /// </summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, long maximum, out long value)
    {
        value = 0;
        if (text.Length == 0)
            return false;

        foreach (var digit in text)
        {
            if (!IsDigit(digit))
                return false;

            value = (value * 10) + (digit - '0');
            if (value > maximum)
                return false;
        }

        return true;
    }

    /// <summary>The text without spaces and tabs at its ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;

        var end = text.Length;
        while (end > start && IsSpace(text[end - 1]))
            end--;

        return text[start..end];
    }

    internal static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;

        return text[start..];
    }

    internal static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t';

    internal static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    internal static bool IsAlpha(byte value) => (uint)((value | 0x20) - 'a') <= 'z' - 'a';

    internal static bool IsHex(byte value) => IsDigit(value) || (uint)((value | 0x20) - 'a') <= 'f' - 'a';

    internal static int HexValue(byte value) => IsDigit(value) ? value - '0' : (value | 0x20) - 'a' + 10;

    /// <summary>
    /// The length of the quoted string that <paramref name="text"/> starts with, both quotes included; -1 when it is
    /// not closed.
    /// </summary>
    public static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return i + 1;
            if (text[i] == '\\')
                i++;
        }

        return -1;
    }

    /// <summary>
    /// The text of a quoted string without its quotes: the escapes (<c>quoted-pair</c>) are resolved. Bytes that are
    /// not UTF-8 become U+FFFD.
    /// </summary>
    public static string Unquote(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(inside);

        var rented = ArrayPool<byte>.Shared.Rent(inside.Length);
        var length = 0;
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '\\' && i + 1 < inside.Length)
                i++;

            rented[length++] = inside[i];
        }

        var text = Encoding.UTF8.GetString(rented, 0, length);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <summary>The text as a quoted string, with quotes; control characters that cannot be escaped become spaces.</summary>
    public static string Quote(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                builder.Append('\\').Append(c);
            else
                builder.Append(c is < ' ' or '\u007f' ? ' ' : c);
        }

        return builder.Append('"').ToString();
    }

    internal static int Format(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out var written);
        return written;
    }
}
