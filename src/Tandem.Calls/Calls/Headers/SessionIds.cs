using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// End-to-end session identifiers (RFC 7989): each phone has a UUID, and every message to a phone carries that of the other phone
/// first and its own as <c>remote</c>. The older form without <c>remote</c> (RFC 7329) is read too.
/// </summary>
internal static class SessionIds
{
    /// <summary>The UUID that stands for a phone not known yet (RFC 7989 §4.1).</summary>
    public const string Nil = "00000000000000000000000000000000";

    private const int Length = 32;

    /// <summary>Reads the UUID of the sender; false when there is none, or none that counts (§7: another length is discarded).</summary>
    public static bool TryReadSender(SipMessage message, out string uuid)
    {
        uuid = "";
        if (!message.TryGetHeader(HeaderName.SessionId, out var value))
            return false;

        var end = value.IndexOf((byte)';');
        var text = SipText.Trim(end < 0 ? value : value[..end]);
        if (text.Length != Length || text.IndexOfAnyExcept("0123456789abcdefABCDEF"u8) >= 0 || text.IndexOfAnyExcept((byte)'0') < 0)
            return false;

        uuid = Encoding.ASCII.GetString(text).ToLowerInvariant();
        return true;
    }

    /// <summary>The header value towards the phone <paramref name="receiver"/>; an empty UUID is one that is not known.</summary>
    public static string Value(string sender, string receiver) => $"{(sender.Length == 0 ? Nil : sender)};remote={(receiver.Length == 0 ? Nil : receiver)}";

    /// <summary>A new UUID of version 4 (RFC 7989 §4.1), which is a W3C trace id as well: 32 hex digits.</summary>
    public static string Make(Random random) =>
        string.Create(Length, random, static (text, random) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = "0123456789abcdef"[random.Next(16)];
            text[12] = '4';
            text[16] = "89ab"[random.Next(4)];
        });
}
