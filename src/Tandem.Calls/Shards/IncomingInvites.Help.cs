using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Shards;

/// <content>Which calls are for help, and what they may have that others may not.</content>
internal sealed partial class IncomingInvites
{
    /// <summary>
    /// True for an INVITE that asks for help as far as anybody can tell who has not proved himself yet. Cheap: it is asked while the shard is behind, and while the exchange is being stopped.
    /// </summary>
    public bool MayBeForHelp(SipMessage request) =>
        request.Method == SipMethod.Invite && !request.Has(HeaderName.Replaces)
        && authenticator.TenantOf(request) is { } tenant && environment.Router.IsEmergency(tenant, environment.Router.Dialled(tenant, CalledNumber(request)));

    private bool IsForHelp(SipMessage request, Extension caller) =>
        !request.Has(HeaderName.Replaces)
        && environment.Router.IsEmergency(caller.Tenant, environment.Router.Meant(caller.Tenant, caller.Number, CalledNumber(request)));

    // A call for help asks for no limit of its tenant and has places of its own above the others'. Whether it is one is looked at only where there is a limit that could refuse it.
    private bool TryReserve(SipMessage request, TenantId tenant, Extension? caller)
    {
        var isLimited = authenticator.Domains.LimitsOf(tenant) is { Calls: > 0 } or { CallsPerSecond: > 0 };
        var isForHelp = isLimited && caller is not null && IsForHelp(request, caller);
        if (!isForHelp && shared.Calls.TryReserve(options.Calls.MaxCalls, tenant, environment.Now))
            return true;

        return (isForHelp || (!isLimited && caller is not null && IsForHelp(request, caller)))
            && shared.Calls.TryReserveNext(options.Calls.MaxCalls + options.Calls.PlacesForHelp, tenant);
    }
}
