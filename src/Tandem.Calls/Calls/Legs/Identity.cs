using System.Text;

namespace Tandem.Calls.Calls.Legs;

/// <summary>How a party is written in From, To and P-Asserted-Identity. The text comes from our directory, never from a phone.</summary>
internal static class Identity
{
    /// <summary>RFC 3323 §4.1: the From of a caller who wants to stay unknown.</summary>
    public const string Anonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

    /// <summary><c>"Name" &lt;sip:number@domain&gt;</c>, without the name when it is empty, and without the user part (RFC 3261 §25.1: never an empty one) when nobody knows a number.</summary>
    public static string NameAddr(string displayName, string number, string domain)
    {
        var address = number.Length == 0 ? $"<sip:{domain}>" : $"<sip:{number}@{domain}>";
        if (displayName.Length == 0)
            return address;

        var text = new StringBuilder("\"");
        foreach (var c in displayName)
        {
            if (char.IsControl(c))
                continue;
            if (c is '"' or '\\')
                text.Append('\\');
            text.Append(c);
        }

        return text.Append("\" ").Append(address).ToString();
    }
}
