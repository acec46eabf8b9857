using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// How a phone shall ring or answer: Alert-Info and Call-Info (RFC 3261 §20.4, §20.9; RFC 7462), Answer-Mode (RFC 5373).
/// A phone fetches the URIs of these headers, so one from another phone is an attack on its network or its user: only alert URNs pass. A
/// wish that the callee's phone answers by itself lets the caller listen into a room; it passes by option alone, in words of ours.
/// </summary>
internal static class RingHeaders
{
    private const int MostValues = 8;
    private const int MostLength = 128;
    private const string AutoAnswer = "<urn:alert:service:normal>;info=alert-autoanswer;delay=0";

    /// <summary>The values that a contact may hear from the INVITE of a phone.</summary>
    public static void Add(List<(HeaderName Name, string Value)> headers, SipMessage invite, CallOptions options)
    {
        AddAlerts(headers, invite);
        if (!options.AutoAnswer)
            return;

        if (WantsAutoAnswer(invite))
            headers.Add((HeaderName.AlertInfo, AutoAnswer));
        AddAnswerMode(headers, invite, HeaderName.AnswerMode);
        AddAnswerMode(headers, invite, HeaderName.PrivAnswerMode);
        if (invite.HasOption(HeaderName.Require, "answermode"u8))
            headers.Add((HeaderName.Require, "answermode"));
    }

    /// <summary>What asks a phone to answer by itself, in the ways that phones know: the exchange wants it, whatever the caller may.</summary>
    public static readonly IReadOnlyList<(HeaderName Name, string Value)> AnswerByItself = [(HeaderName.AlertInfo, AutoAnswer), (HeaderName.AnswerMode, "Auto")];

    /// <summary>The values that the caller may hear from a response: alert URNs say how it rings there, Answer-Mode how it was answered.</summary>
    public static void AddFromResponse(List<(HeaderName Name, string Value)> headers, SipMessage response, CallOptions options)
    {
        if (response.StatusCode < 200)
            AddAlerts(headers, response);
        else if (options.AutoAnswer)
            AddAnswerMode(headers, response, HeaderName.AnswerMode);
    }

    private static void AddAlerts(List<(HeaderName Name, string Value)> headers, SipMessage message)
    {
        if (!message.Has(HeaderName.AlertInfo))
            return;

        foreach (var value in message.Values(HeaderName.AlertInfo, MostValues))
        {
            if (IsAlertUrn(value))
                headers.Add((HeaderName.AlertInfo, Encoding.ASCII.GetString(value)));
        }
    }

    // RFC 7462 §7: <urn:alert:category:indication>, nothing behind it.
    private static bool IsAlertUrn(ReadOnlySpan<byte> value)
    {
        if (value.Length > MostLength || value.Length < 13 || value[^1] != '>' || !SipText.EqualsIgnoreCase(value[..11], "<urn:alert:"u8))
            return false;

        foreach (var b in value[11..^1])
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)':' or (byte)'-' or (byte)'.' or (byte)'@'))
                return false;
        }

        return true;
    }

    // The forms of the field: info=alert-autoanswer with or without a URI, "Auto Answer", answer-after=0 in Call-Info.
    private static bool WantsAutoAnswer(SipMessage invite)
    {
        foreach (var value in invite.Values(HeaderName.AlertInfo, MostValues))
        {
            if (Contains(value, "info=alert-autoanswer"u8) || Contains(value, "auto answer"u8))
                return true;
        }

        foreach (var value in invite.Values(HeaderName.CallInfo, MostValues))
        {
            if (Contains(value, "answer-after=0"u8))
                return true;
        }

        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
    {
        for (var i = 0; i + part.Length <= text.Length; i++)
        {
            if (SipText.EqualsIgnoreCase(text.Slice(i, part.Length), part))
                return true;
        }

        return false;
    }

    // RFC 5373 §3: Manual or Auto, with "require" as the only parameter that has a meaning.
    private static void AddAnswerMode(List<(HeaderName Name, string Value)> headers, SipMessage message, HeaderName name)
    {
        if (!message.TryGetHeader(name, out var value))
            return;

        var end = value.IndexOf((byte)';');
        var mode = SipText.Trim(end < 0 ? value : value[..end]);
        var isAuto = SipText.EqualsIgnoreCase(mode, "Auto"u8);
        if (!isAuto && !SipText.EqualsIgnoreCase(mode, "Manual"u8))
            return;

        var isRequired = end >= 0 && SipParams.TryGet(value[end..], "require"u8, out _);
        headers.Add((name, (isAuto ? "Auto" : "Manual") + (isRequired ? ";require" : "")));
    }
}
