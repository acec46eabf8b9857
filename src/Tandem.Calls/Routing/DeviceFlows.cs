using Tandem.Calls.Registrar;

namespace Tandem.Calls.Routing;

/// <summary>
/// The contacts of a number as phones (RFC 5626 §7): of several ways to one phone a call takes one at a time, and the next when that
/// fails without an answer of the phone itself.
/// </summary>
internal sealed class DeviceFlows
{
    private readonly List<Binding> _first = [];
    private readonly List<Binding> _waiting = [];

    /// <param name="contacts">All contacts, in the order in which they are to be tried.</param>
    public DeviceFlows(IReadOnlyList<Binding> contacts)
    {
        foreach (var contact in contacts)
            (_first.Exists(contact.IsSameDevice) ? _waiting : _first).Add(contact);
    }

    /// <summary>One contact of each phone: those that ring first.</summary>
    public IReadOnlyList<Binding> First => _first;

    /// <summary>True when there is another way to the phone of a contact.</summary>
    public bool HasNext(Binding contact) => _waiting.Exists(contact.IsSameDevice);

    /// <summary>Takes the next way to the phone of a contact that failed; null when there is none left.</summary>
    public Binding? TakeNext(Binding failed)
    {
        var at = _waiting.FindIndex(failed.IsSameDevice);
        if (at < 0)
            return null;

        var next = _waiting[at];
        _waiting.RemoveAt(at);
        return next;
    }
}
