using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// The way to a contact: the flow of its registration, or the proxy that its Path names. A proxy that the Path has by name may have
/// moved to another address since then, or have several; one that writes another address than it registers from wants to be reached
/// there (RFC 3327 §5.4, RFC 3263 §4). When the Path leads nowhere, the flow is the best that is known.
/// </summary>
internal static class ContactWay
{
    /// <summary>Calls <paramref name="found"/> once, on the shard, at once or when the name has its answer: null is the flow of the contact.</summary>
    public static void Find(SipEngine engine, Binding contact, Moment now, Action<SipTargetList?> found)
    {
        if (contact.Edge is null && contact.Path is [var path, ..] && NameAddrValue.TryParse(Encoding.UTF8.GetBytes(path), out var first)
            && (SipLocator.IsName(first.Uri) || IsElsewhere(contact, first.Uri)))
            engine.Locator.Locate(first.Uri, now, (targets, _) => found(targets.Count > 0 ? targets : null));
        else
            found(null);
    }

    // Not so for a flow that is kept (RFC 5626 §5.3), nor for a connection from the host that the Path names: its far port is any.
    private static bool IsElsewhere(Binding contact, ReadOnlySpan<byte> proxy)
    {
        var flow = contact.Flow;
        if (contact.IsOutbound || !SipTargets.TryResolve(proxy, out var target))
            return false;

        return flow.IsReliable ? target.Remote.WithPort(0) != flow.Remote.WithPort(0) : target.Remote != flow.Remote || target.Transport != flow.Transport;
    }
}
