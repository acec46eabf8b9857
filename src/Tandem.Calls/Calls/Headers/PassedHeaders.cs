using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// The header fields of one phone that reach the other one. Nothing passes that is not listed here or in the options; everything is
/// copied, so that the message can go.
/// </summary>
internal static class PassedHeaders
{
    /// <summary>From the INVITE of a caller to a contact.</summary>
    public static IReadOnlyList<(HeaderName Name, string Value)> OfInvite(SipMessage invite, in PrivacyWish wish, CallOptions options)
    {
        var headers = new List<(HeaderName Name, string Value)>();
        foreach (var name in options.RelayedHeaders)
        {
            if (!(wish.HidesUserHeaders && TellsOfTheUser(name)))
                Copy(headers, invite, name);
        }

        RingHeaders.Add(headers, invite, options);
        return headers;
    }

    /// <summary>From a 18x or 2xx of a contact to the caller.</summary>
    public static IReadOnlyList<(HeaderName Name, string Value)> OfResponse(SipMessage response, CallOptions options)
    {
        var headers = new List<(HeaderName Name, string Value)>();
        RingHeaders.AddFromResponse(headers, response, options);
        return headers;
    }

    private static void Copy(List<(HeaderName Name, string Value)> headers, SipMessage message, HeaderName name)
    {
        foreach (ref readonly var field in message.Headers)
        {
            if (field.Name == name)
                headers.Add((name, Encoding.UTF8.GetString(message.ValueOf(field))));
        }
    }

    // RFC 3323 §5.1, §5.3
    private static bool TellsOfTheUser(HeaderName name) => name is HeaderName.Subject or HeaderName.CallInfo or HeaderName.Organization
        or HeaderName.UserAgent or HeaderName.ReplyTo or HeaderName.InReplyTo;
}
