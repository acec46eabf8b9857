using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Registrar;

/// <summary>Tells from a Contact and the source of its REGISTER whether an address translator sits between.</summary>
internal static class NatDetector
{
    /// <summary>
    /// True when the Contact does not name the address that the request came from. Over a stream only the host counts: the
    /// source port of a connection is not the port that a phone listens on. A host name instead of an address counts as NAT,
    /// for nobody can tell.
    /// </summary>
    public static bool IsBehindNat(in SipUriValue contact, SipFlow flow)
    {
        var port = contact.Port >= 0 ? contact.Port : contact.Scheme == UriScheme.Sips ? 5061 : 5060;
        if (!NetAddress.TryParse(contact.Host, port, out var address))
            return true;

        return flow.IsReliable ? address.WithPort(0) != flow.Remote.WithPort(0) : address != flow.Remote;
    }
}
