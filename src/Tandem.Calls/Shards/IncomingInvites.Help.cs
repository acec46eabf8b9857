using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Shards;

/// <content>Which calls are for help, and what they may have that others may not.</content>
internal sealed partial class IncomingInvites
{
    // With an answer to a challenge ten calls: more than phones make by one shard on any day, and no work that makes a shard late.
    private const int MostASecond = 20;
    private readonly CallPace _pace = new();

    /// <summary>
    /// <see cref="MayBeForHelp"/> while the shard is behind: for so many in a second. Anybody can write 112 and any source into a datagram: beyond that they are new work as all others.
    /// </summary>
    public bool GoesFirst(SipMessage request) => MayBeForHelp(request) && _pace.TryTake(MostASecond, [], environment.Now);

    /// <summary>
    /// True for an INVITE that asks for help as far as anybody can tell who has not proved himself yet. Cheap: it is asked while the shard is behind, and while the exchange is being stopped.
    /// </summary>
    public bool MayBeForHelp(SipMessage request) =>
        request.Method == SipMethod.Invite && !request.Has(HeaderName.Replaces)
        && authenticator.TenantOf(request) is { } tenant && environment.Router.IsEmergency(tenant, environment.Router.Dialled(tenant, CalledNumber(request)));

    private bool IsForHelp(SipMessage request, Extension caller) =>
        !request.Has(HeaderName.Replaces)
        && environment.Router.IsEmergency(caller.Tenant, environment.Router.Meant(caller.Tenant, caller.Number, CalledNumber(request)));

    // A call for help has places beyond the limits of its tenant and above the others'. Whether it is one is looked at only where there is a limit that could refuse it.
    private bool TryReserve(SipMessage request, TenantId tenant, Extension? caller, out bool isForHelp)
    {
        var isLimited = authenticator.Domains.LimitsOf(tenant) is { Calls: > 0 } or { CallsPerSecond: > 0 };
        var mayBe = isLimited && caller is not null && IsForHelp(request, caller);
        isForHelp = false;
        if (shared.Calls.TryReserve(options.Calls.MaxCalls, tenant, environment.Now, tells: !mayBe))
            return true;

        isForHelp = (mayBe || (!isLimited && caller is not null && IsForHelp(request, caller))) && shared.Calls.TryReserveForHelp(options.Calls, tenant);
        return isForHelp;
    }
}
