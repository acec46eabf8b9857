using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Registrar;

/// <summary>A list of Route values as an operator writes it.</summary>
internal static class RouteList
{
    /// <summary>True when each element is a SIP URI in brackets with <c>lr</c> (RFC 3608 §6.3: a service route is loose).</summary>
    public static bool IsValid(string text)
    {
        if (text.AsSpan().ContainsAny('\r', '\n'))
            return false;

        foreach (var element in text.Split(','))
        {
            if (!element.Contains('<') || !NameAddrValue.TryParse(Encoding.UTF8.GetBytes(element), out var route)
                || !SipUriValue.TryParse(route.Uri, out var uri) || uri.Scheme is not (UriScheme.Sip or UriScheme.Sips) || !uri.TryGetParam("lr"u8, out _))
                return false;
        }

        return true;
    }
}
