using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Routing;

/// <summary>Values of header fields of an INVITE as text, for rules.</summary>
internal static class InviteHeaders
{
    private const int MostValues = 8;
    private const int LongestValue = 256;

    public static IReadOnlyList<string> Of(SipMessage invite, string name)
    {
        var values = new List<string>();
        var wanted = Encoding.ASCII.GetBytes(name);
        foreach (ref readonly var field in invite.Headers)
        {
            if (values.Count == MostValues)
                break;
            if (SipText.EqualsIgnoreCase(invite.NameOf(field), wanted) && invite.ValueOf(field) is { Length: <= LongestValue } value)
                values.Add(Encoding.UTF8.GetString(value));
        }

        return values;
    }
}
