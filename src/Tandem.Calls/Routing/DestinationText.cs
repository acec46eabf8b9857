using System.Buffers;
using System.Globalization;

namespace Tandem.Calls.Routing;

/// <summary>Reads destinations. Pure.</summary>
internal static class DestinationText
{
    public const string Accepted =
        "accepted are a number, or extension:, group:, queue:, ivr:, room:, voicemail:, trunk:, play:, park:, api:, reject:, webhook:, external: with what belongs to it, or echo";

    private const int LongestNumber = 32;
    private const int LongestName = 64;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    private static readonly SearchValues<char> DialCharacters = SearchValues.Create("0123456789*#+");

    /// <summary>True for 1 to 64 letters, digits, dots, underlines and dashes: how everything with a name is called.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => text.Length is > 0 and <= LongestName && !text.ContainsAnyExcept(NameCharacters);

    /// <summary>True for 1 to 32 digits, stars, hashes and plus signs: what a phone can dial.</summary>
    public static bool IsDialled(ReadOnlySpan<char> text) => text.Length is > 0 and <= LongestNumber && !text.ContainsAnyExcept(DialCharacters);

    /// <summary>The destination, or null and what is wrong with the text.</summary>
    public static (Destination? Destination, string Problem) Read(string text)
    {
        if (text.Length is 0 or > Destination.MostLength)
            return (null, Accepted);
        if (IsDialled(text))
            return (new Destination.Number(text), "");

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var rest = colon < 0 ? "" : text[(colon + 1)..];
        return kind switch
        {
            "extension" => Digits(rest, "extension:100", static digits => new Destination.Extension(digits)),
            "group" => Name(rest, "group:sales", static name => new Destination.Group(name)),
            "queue" => Queue(rest),
            "ivr" => Name(rest, "ivr:main", static name => new Destination.Ivr(name)),
            "room" => Name(rest, "room:800", static name => new Destination.Room(name)),
            "voicemail" => Digits(rest, "voicemail:100", static digits => new Destination.Voicemail(digits)),
            "trunk" => Trunk(rest),
            "play" => Name(rest, "play:closed", static name => new Destination.Play(name)),
            "echo" when colon < 0 => (new Destination.Echo(), ""),
            "park" => rest.Length == 0 ? (new Destination.Park(""), "") : Digits(rest, "park:701", static digits => new Destination.Park(digits)),
            "api" => Name(rest, "api:reception", static name => new Destination.Api(name)),
            "reject" => int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 700
                ? (new Destination.Reject(status), "")
                : (null, "reject: accepted are 400 to 699, as reject:486"),
            "webhook" => Uri.TryCreate(rest, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
                ? (new Destination.Webhook(rest), "")
                : (null, "webhook: an http or https address without a name in it is accepted, as webhook:https://crm.example.org/next"),
            "external" => IsSipAddress(rest) ? (new Destination.External(rest), "") : (null, "external: a SIP address is accepted, as external:sip:bob@example.org"),
            _ => (null, Accepted),
        };
    }

    private static (Destination?, string) Digits(string text, string example, Func<string, Destination> make) =>
        IsDialled(text) ? (make(text), "") : (null, $"1 to {LongestNumber} digits are accepted, as {example}");

    private static (Destination?, string) Name(string text, string example, Func<string, Destination> make) =>
        IsName(text) ? (make(text), "") : (null, $"1 to {LongestName} letters, digits, dots, underlines and dashes are accepted, as {example}");

    private static (Destination?, string) Queue(string text)
    {
        const string field = "?priority=";
        var at = text.IndexOf('?', StringComparison.Ordinal);
        if (at < 0)
            return Name(text, "queue:sales", static name => new Destination.Queue(name));

        return IsName(text.AsSpan(0, at)) && text.AsSpan(at).StartsWith(field, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(at + field.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority is > 0 and <= Destination.Queue.MostPriority
            ? (new Destination.Queue(text[..at], priority), "")
            : (null, $"queue: a name and optionally a priority of 1 to {Destination.Queue.MostPriority} are accepted, as queue:sales?priority=5");
    }

    private static (Destination?, string) Trunk(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digits = at < 0 ? text : text[..at];
        var profile = at < 0 ? "" : text[(at + 1)..];
        return IsDialled(digits) && (at < 0 || IsName(profile))
            ? (new Destination.Trunk(digits, profile), "")
            : (null, "trunk: a number and optionally the id of a profile are accepted, as trunk:+442079460000@main");
    }

    // Nothing that could end the line of a header, a host, and nothing that asks for more than a call there (RFC 3261 §19.1.5).
    private static bool IsSipAddress(string text)
    {
        if (!text.StartsWith("sip:", StringComparison.Ordinal) && !text.StartsWith("sips:", StringComparison.Ordinal))
            return false;

        foreach (var c in text)
        {
            if (c is <= ' ' or > '~' or '<' or '>' or '"')
                return false;
        }

        return Tandem.Sip.Messages.SipUriValue.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out var uri) && !uri.Host.IsEmpty
            && uri.Headers.IsEmpty && uri.Password.IsEmpty && !uri.TryGetParam("method"u8, out _);
    }
}
