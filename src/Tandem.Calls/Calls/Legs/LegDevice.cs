using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// The phone of a leg as the registrar knows it, so that the leg finds it again when its connection is gone: the number, and the
/// instance or else the contact.
/// </summary>
internal sealed record LegDevice(TenantId Tenant, string Number, string Instance, string ContactUri)
{
    /// <summary>The phone that was called.</summary>
    public static LegDevice Of(Binding contact) => new(contact.Tenant, contact.Number, contact.Instance, contact.ContactUri);

    /// <summary>
    /// The phone that calls: its INVITE names the instance (RFC 5626 §4.1), or its connection is the one of a binding. Null over
    /// datagrams, which need no connection.
    /// </summary>
    public static LegDevice? Of(TenantId tenant, string number, SipMessage invite, in SipFlow flow, RegistrarTable registrar)
    {
        if (flow.Connection == 0 || !invite.TryGetContact(out var contact) || contact.IsStar)
            return null;

        var instance = "";
        if (contact.TryGetParam("+sip.instance"u8, out var named) && InstanceId.IsValid(named))
            instance = Encoding.UTF8.GetString(named);
        else
        {
            foreach (var binding in registrar.Lookup(tenant, number))
            {
                if (binding.Flow.Connection == flow.Connection)
                    instance = binding.Instance;
            }
        }

        return new LegDevice(tenant, number, instance, Encoding.UTF8.GetString(contact.Uri));
    }

    /// <summary>The newest flow over which the phone can be reached now; null when there is none that keeps the promise of the dialog.</summary>
    public SipFlow? Find(RegistrarTable registrar, Dialog dialog)
    {
        Binding? newest = null;
        foreach (var binding in registrar.Lookup(Tenant, Number))
        {
            if (IsThis(binding) && binding is { Path.Count: 0, Edge: null } && (newest is null || binding.LastSeen > newest.LastSeen)
                && (!dialog.Secure || binding.Flow.Transport is SipTransportKind.Tls or SipTransportKind.Wss))
                newest = binding;
        }

        return newest?.Flow;
    }

    private bool IsThis(Binding binding) =>
        Instance.Length > 0 ? InstanceId.Equals(Instance, binding.Instance) : binding.ContactUri == ContactUri;
}
