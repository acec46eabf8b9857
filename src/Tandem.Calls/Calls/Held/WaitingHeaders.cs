using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Held;

/// <summary>
/// The header fields of an INVITE that a program is told: what a caller or a provider writes for applications. Nothing of the way, the dialog, credentials
/// or identities, which other members of the event say as far as they are believed.
/// </summary>
internal static class WaitingHeaders
{
    private const int Most = 20;
    private const int LongestName = 64;
    private const int LongestValue = 256;

    private static readonly byte[][] Told = ["Subject"u8.ToArray(), "Priority"u8.ToArray(), "User-Agent"u8.ToArray(), "Accept-Language"u8.ToArray(), "Alert-Info"u8.ToArray()];
    private static readonly string[] Secrets = ["auth", "token", "secret", "password", "cookie", "credential", "key"];

    /// <summary>Names as they stand in the message, and values; the first of each name, at most 20.</summary>
    public static IReadOnlyDictionary<string, string> Of(SipMessage invite)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (ref readonly var field in invite.Headers)
        {
            if (headers.Count == Most)
                break;
            var name = invite.NameOf(field);
            if (name.Length <= LongestName && IsTold(name) && invite.ValueOf(field) is { Length: > 0 and <= LongestValue } value)
                headers.TryAdd(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value));
        }

        return headers;
    }

    private static bool IsTold(ReadOnlySpan<byte> name)
    {
        foreach (var told in Told)
        {
            if (SipText.EqualsIgnoreCase(name, told))
                return true;
        }

        if (name.Length < 3 || (name[0] | 0x20) != 'x' || name[1] != '-')
            return false;

        var text = Encoding.UTF8.GetString(name);
        return !Array.Exists(Secrets, secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }
}
