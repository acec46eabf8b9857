using System.Buffers.Text;

namespace Tandem.Sip.Parsing;

/// <summary>
/// What a quick look at the bytes of a message tells, without parsing it: for who sees messages pass. It takes anything and never throws;
/// what is not found is empty.
/// </summary>
public readonly ref struct SipGlance
{
    private SipGlance(int status, ReadOnlySpan<byte> method, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> contentType, bool hasToTag, bool hasCredentials, int bodyStart)
    {
        ContentType = contentType;
        HasCredentials = hasCredentials;
        StatusCode = status;
        Method = method;
        CallId = callId;
        HasToTag = hasToTag;
        BodyStart = bodyStart;
    }

    /// <summary>The status of a response; 0 for a request.</summary>
    public int StatusCode { get; }

    /// <summary>The method of a request; of a response the one that CSeq names.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The value of Call-ID.</summary>
    public ReadOnlySpan<byte> CallId { get; }

    /// <summary>Whether To has a tag: a request inside a dialog.</summary>
    public bool HasToTag { get; }

    /// <summary>The value of Content-Type, the first if there are several; empty when there is none.</summary>
    public ReadOnlySpan<byte> ContentType { get; }

    /// <summary>Whether it has credentials, or a proof that answers some: Authorization, Proxy-Authorization, Authentication-Info.</summary>
    public bool HasCredentials { get; }

    /// <summary>Where the body begins; the length of the message when there is none.</summary>
    public int BodyStart { get; }

    /// <summary>True for a request.</summary>
    public bool IsRequest => StatusCode == 0;

    /// <summary>Looks at a message.</summary>
    public static SipGlance At(ReadOnlySpan<byte> message)
    {
        var end = LineEnd(message, 0, out var next);
        var first = message[..end];
        var status = 0;
        var method = ReadOnlySpan<byte>.Empty;
        if (first.StartsWith("SIP/2.0 "u8))
        {
            if (!Utf8Parser.TryParse(first[8..], out status, out _) || status is < 100 or > 699)
                status = 100;
        }
        else
        {
            var space = first.IndexOf((byte)' ');
            method = space < 0 ? first : first[..space];
        }

        ReadOnlySpan<byte> callId = default;
        ReadOnlySpan<byte> contentType = default;
        var hasToTag = false;
        var hasCredentials = false;
        while (next < message.Length)
        {
            end = LineEnd(message, next, out var following);
            var line = message[next..end];
            next = following;
            if (line.IsEmpty)
                break;

            // Most fields are of no interest here, as their first letter tells.
            if ((line[0] | 0x20) is not ('a' or 'c' or 'i' or 'p' or 't'))
                continue;

            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
                continue;

            var name = line[..colon].TrimEnd((byte)' ');
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(name, "call-id"u8, (byte)'i'))
                callId = value;
            else if (Is(name, "to"u8, (byte)'t'))
                hasToTag = value.IndexOf(";tag="u8) >= 0;
            else if (status > 0 && Is(name, "cseq"u8, 0))
                method = value[(value.LastIndexOf((byte)' ') + 1)..];
            else if (contentType.IsEmpty && Is(name, "content-type"u8, (byte)'c'))
                contentType = value;
            else if (Is(name, "authorization"u8, 0) || Is(name, "proxy-authorization"u8, 0) || Is(name, "authentication-info"u8, 0))
                hasCredentials = true;
        }

        return new SipGlance(status, method, callId, contentType, hasToTag, hasCredentials, Math.Min(next, message.Length));
    }

    /// <summary>The value of the first header field of that name (lower case; its short form, 0 for none); empty when there is none.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, byte shortForm = 0)
    {
        LineEnd(message, 0, out var next);
        while (next < message.Length)
        {
            var end = LineEnd(message, next, out var following);
            var line = message[next..end];
            next = following;
            if (line.IsEmpty)
                break;

            var colon = line.IndexOf((byte)':');
            if (colon > 0 && Is(line[..colon].TrimEnd((byte)' '), name, shortForm))
                return line[(colon + 1)..].Trim(" \t"u8);
        }

        return default;
    }

    private static int LineEnd(ReadOnlySpan<byte> message, int start, out int next)
    {
        var length = message[start..].IndexOf((byte)'\n');
        if (length < 0)
        {
            next = message.Length;
            return message.Length;
        }

        var end = start + length;
        next = end + 1;
        return end > start && message[end - 1] == '\r' ? end - 1 : end;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower, byte shortForm)
    {
        if (name.Length == 1 && shortForm != 0)
            return (name[0] | 0x20) == shortForm;
        if (name.Length != lower.Length)
            return false;

        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c is >= (byte)'A' and <= (byte)'Z')
                c |= 0x20;
            if (c != lower[i])
                return false;
        }

        return true;
    }
}
