using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Routing;

/// <summary>Decides what happens to a call. Pure: the same request and snapshot always give the same decision.</summary>
public static class Dialplan
{
    /// <summary>
    /// A number outside the range or without an extension is 404; a call to oneself 400, as document 5 has it; an extension
    /// without contact 480 (RFC 3261 §21.4.18: the callee exists but is not here); a callee in a call 486 where call waiting is
    /// off; a sips: call to a callee without a sips: contact over TLS 480 with Warning 380 (RFC 5630 §5.3); else all contacts ring.
    /// </summary>
    public static DialDecision Decide(in DialRequest request, in DialSnapshot snapshot)
    {
        if (!snapshot.InRange)
            return new DialDecision.Reject(404, EndReason.NotFound, "Number outside the range of this exchange");
        if (!snapshot.Exists)
            return new DialDecision.Reject(404, EndReason.NotFound, "No such extension");
        if (request.CalledNumber == request.CallerNumber)
            return new DialDecision.Reject(400, EndReason.Rejected, "Call to oneself");
        if (snapshot.Contacts.Count == 0)
            return new DialDecision.Reject(480, EndReason.NotRegistered, "Not registered");
        if (snapshot.InCall && !snapshot.CallWaiting)
            return new DialDecision.Reject(486, EndReason.Busy, "In a call");

        var reachable = Reachable(snapshot.Contacts, request.IsSips, snapshot.MaxContacts);
        return reachable.Count > 0
            ? new DialDecision.Ring(reachable)
            : new DialDecision.Reject(480, EndReason.NotRegistered, "No contact that sips reaches") { Warning = (SipsContacts.NotAllowed, SipsContacts.NotAllowedText) };
    }

    /// <summary>
    /// The contacts that a request may go to, the best first: those that a sips: URI reaches when it is for one (RFC 5630 §5.3), of at
    /// most <paramref name="limit"/> phones.
    /// </summary>
    public static IReadOnlyList<Binding> Reachable(IReadOnlyList<Binding> contacts, bool isSips, int limit) =>
        Ordered(isSips ? SipsContacts.Among(contacts) : contacts, limit);

    // The limit counts phones: other ways to a phone that rings anyway ring nobody (RFC 5626 §7).
    private static IReadOnlyList<Binding> Ordered(IReadOnlyList<Binding> contacts, int limit)
    {
        if (contacts.Count <= 1)
            return contacts;

        var sorted = new List<Binding>(contacts);
        sorted.Sort(static (a, b) => b.Q != a.Q ? b.Q.CompareTo(a.Q) : b.LastSeen.CompareTo(a.LastSeen));
        if (sorted.Count <= limit)
            return sorted;

        var phones = new DeviceFlows(sorted).First;
        return phones.Count <= limit
            ? sorted
            : sorted.FindAll(contact => phones.Take(limit).Any(phone => ReferenceEquals(phone, contact) || phone.IsSameDevice(contact)));
    }
}
