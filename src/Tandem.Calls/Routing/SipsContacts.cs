using System.Text;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Routing;

/// <summary>How contacts are reached by <c>sips:</c> and by <c>sip:</c> (RFC 5630 §5.3).</summary>
public static class SipsContacts
{
    /// <summary>The warn-code of RFC 5630 §7 for a resource that sips: does not reach.</summary>
    public const int NotAllowed = 380;

    /// <summary>Its text.</summary>
    public const string NotAllowedText = "SIPS Not Allowed";

    private const string Sips = "sips:";

    /// <summary>True when a request for a sips: URI may go to this contact: it registered as sips: and its flow is TLS, and ends at this node.</summary>
    public static bool IsReached(Binding contact) => contact.Flow.IsSecure && contact.Edge is null && IsSips(contact);

    /// <summary>The contacts that a request for a sips: URI may go to.</summary>
    public static IReadOnlyList<Binding> Among(IReadOnlyList<Binding> contacts)
    {
        var secure = new List<Binding>(contacts.Count);
        foreach (var contact in contacts)
        {
            if (IsReached(contact))
                secure.Add(contact);
        }

        return secure;
    }

    /// <summary>
    /// The Request-URI for a contact: what it registered; but a request that was no sips: one before does not become one, though it goes
    /// over TLS all the same.
    /// </summary>
    public static string RequestUri(Binding contact, bool isSips) =>
        !isSips && IsSips(contact) ? string.Concat("sip:", contact.ContactUri.AsSpan(Sips.Length)) : contact.ContactUri;

    private static bool IsSips(Binding contact) => contact.ContactUri.StartsWith(Sips, StringComparison.OrdinalIgnoreCase);
}
