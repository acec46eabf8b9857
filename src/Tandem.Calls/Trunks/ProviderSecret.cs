using System.Text;
using Tandem.Core.Privacy;

namespace Tandem.Calls.Trunks;

/// <summary>
/// The password of a profile in the forms in which a provider may repeat it: as it stands, escaped as in a quoted string (RFC 3261 §25.1) or a URI, and in Base64, alone or behind the user
/// name. Immutable.
/// </summary>
public sealed class ProviderSecret
{
    // A shorter one is a part of words: where it stands in what a provider says, all of that goes.
    private const int Short = 4;
    private const byte Hidden = (byte)'x';

    // Where SIP has the addresses and numbers of a message. A password that is also a name or a number there stays readable: it is no secret.
    private static readonly string[] Structure =
    [
        "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "route", "record-route", "content-length", "l", "content-type", "c", "max-forwards",
    ];

    // What is said in words.
    private static readonly string[] Words = ["warning", "reason", "subject", "s", "error-info"];

    private readonly byte[][] _forms;
    private readonly byte[][] _exact;
    private readonly bool _isShort;

    private ProviderSecret(string password, string user)
    {
        var quoted = password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        _forms = [.. ((string[])[password, quoted, Uri.EscapeDataString(password)]).Distinct().Select(form => Encoding.UTF8.GetBytes(form.ToLowerInvariant()))];
        _exact = [Base64($"{user}:{password}"), Base64(password)];
        _isShort = password.Length < Short;
    }

    /// <summary>The secret of a profile; null when it has none.</summary>
    public static ProviderSecret? Of(Secret password, string user) => password.Reveal() is { Length: > 0 } text ? new ProviderSecret(text, user) : null;

    /// <summary>Puts an <c>x</c> over each byte of it wherever a message repeats it.</summary>
    /// <param name="message">A SIP message; changed.</param>
    public void Hide(Span<byte> message)
    {
        if (!IsIn(message))
            return;

        var isFirst = true;
        var isStructure = false;
        var isWords = false;
        while (!message.IsEmpty)
        {
            var line = NextLine(ref message);
            if (isFirst)
            {
                isFirst = false;
                HideWords(Phrase(line));
                continue;
            }

            if (line.IsEmpty)
                break; // what is left is the body

            // RFC 3261 §7.3.1: a line that begins with a space goes on with the field before it.
            var value = line;
            if (line[0] is not ((byte)' ' or (byte)'\t'))
            {
                var colon = line.IndexOf((byte)':');
                var name = line[..Math.Max(0, colon)].TrimEnd((byte)' ');
                isStructure = IsOneOf(name, Structure);
                isWords = IsOneOf(name, Words);
                value = line[(colon + 1)..];
            }

            if (isWords)
                HideWords(value);
            else if (!isStructure && !_isShort)
                HideForms(value);
        }

        HideBody(message);
    }

    /// <summary>True when it may stand somewhere in a message.</summary>
    public bool IsIn(ReadOnlySpan<byte> message)
    {
        foreach (var form in _forms)
        {
            if (IndexOf(message, form) >= 0)
                return true;
        }

        foreach (var form in _exact)
        {
            if (message.IndexOf(form) >= 0)
                return true;
        }

        return false;
    }

    private static byte[] Base64(string text) => Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('='));

    // The words of a status line; of a request, whose line has our own Contact, none.
    private static Span<byte> Phrase(Span<byte> line) => line.Length > 12 && line.StartsWith("SIP/2.0 "u8) ? line[12..] : default;

    private void HideBody(Span<byte> body)
    {
        if (!_isShort)
            HideForms(body);
        else if (!body.StartsWith("v=0"u8))
            HideWords(body);
    }

    private void HideWords(Span<byte> words)
    {
        if (!_isShort)
            HideForms(words);
        else if (IsIn(words))
            HideAll(words);
    }

    private void HideForms(Span<byte> text)
    {
        foreach (var form in _forms)
        {
            for (var rest = text; IndexOf(rest, form) is var at and >= 0; rest = rest[(at + form.Length)..])
                rest.Slice(at, form.Length).Fill(Hidden);
        }

        foreach (var form in _exact)
        {
            for (var rest = text; rest.IndexOf(form) is var at and >= 0; rest = rest[(at + form.Length)..])
                rest.Slice(at, form.Length).Fill(Hidden);
        }
    }

    private static void HideAll(Span<byte> text)
    {
        foreach (ref var b in text)
        {
            if (b is not ((byte)'\r' or (byte)'\n'))
                b = Hidden;
        }
    }

    // Without regard to the case of ASCII letters. The form is in lower case.
    private static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> form)
    {
        var lower = form[0];
        var upper = lower is >= (byte)'a' and <= (byte)'z' ? (byte)(lower - 32) : lower;
        for (var from = 0; from + form.Length <= text.Length; from++)
        {
            var next = text[from..^(form.Length - 1)].IndexOfAny(lower, upper);
            if (next < 0)
                return -1;

            from += next;
            if (IsAt(text.Slice(from, form.Length), form))
                return from;
        }

        return -1;
    }

    private static bool IsAt(ReadOnlySpan<byte> text, ReadOnlySpan<byte> form)
    {
        for (var i = 0; i < form.Length; i++)
        {
            var c = text[i];
            if (c is >= (byte)'A' and <= (byte)'Z')
                c |= 0x20;
            if (c != form[i])
                return false;
        }

        return true;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> name, string[] names)
    {
        foreach (var one in names)
        {
            if (Ascii.EqualsIgnoreCase(name, one))
                return true;
        }

        return false;
    }

    // The line without its end; the rest begins behind it.
    private static Span<byte> NextLine(ref Span<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
