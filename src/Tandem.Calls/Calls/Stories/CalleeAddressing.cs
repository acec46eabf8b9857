using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// How the caller is shown to the callee: from the directory, never from what the caller's From claims. A caller who asks
/// for privacy (RFC 3323; RFC 3325 §7) is shown as anonymous.
/// </summary>
internal sealed class CalleeAddressing
{
    private readonly TrustedIdentity _caller;
    private readonly string _calledNumber;
    private readonly CallOptions _options;
    private readonly SipAddressing _addressing;
    private readonly int _maxForwards;
    private IReadOnlyList<(HeaderName Name, string Value)> _headers;
    private CallHistory _history = CallHistory.Empty;

    public CalleeAddressing(Extension caller, string calledNumber, SipMessage invite, CallOptions options, SipAddressing addressing)
        : this(TrustedIdentity.OfPhone(caller, invite), calledNumber, invite, options, addressing)
    {
    }

    /// <summary>The addressing of a call whose INVITE came from <paramref name="caller"/>.</summary>
    public CalleeAddressing(TrustedIdentity caller, string calledNumber, SipMessage invite, CallOptions options, SipAddressing addressing)
    {
        _caller = caller;
        _calledNumber = calledNumber;
        _options = options;
        _addressing = addressing;
        _headers = PassedHeaders.OfInvite(invite, _caller.Wish, options);
        IsSips = SipTargets.IsSips(invite.RequestUri);
        var hops = invite.MaxForwards;
        _maxForwards = (hops < 0 ? options.MaxForwards : hops) - 1;
    }

    /// <summary>The addressing of a call that no INVITE made: <paramref name="hops"/> is the Max-Forwards of the REFER, -1 for none.</summary>
    public CalleeAddressing(
        Extension caller, string calledNumber, CallOptions options, SipAddressing addressing, int hops, bool isPrivate, IReadOnlyList<(HeaderName Name, string Value)> headers)
    {
        _caller = new TrustedIdentity(caller.Number, caller.DisplayName, default, HidesFrom: isPrivate, HidesAssertion: isPrivate, BelievesHistory: false);
        _calledNumber = calledNumber;
        _options = options;
        _addressing = addressing;
        _maxForwards = (hops < 0 ? options.MaxForwards : hops) - 1;
        _headers = headers;
    }

    private CalleeAddressing(CalleeAddressing from, string calledNumber)
    {
        _caller = from._caller;
        _calledNumber = calledNumber;
        _options = from._options;
        _addressing = from._addressing;
        _maxForwards = from._maxForwards;
        _headers = from._headers;
        IsSips = from.IsSips;
        TenantDomain = from.TenantDomain;
    }

    /// <summary>The same caller toward another number: the call goes on from where it was answered.</summary>
    public CalleeAddressing Toward(string calledNumber) => new(this, calledNumber);

    /// <summary>The call is for a sips: URI, on every hop (RFC 5630 §5.3).</summary>
    public bool IsSips { get; init; }

    /// <summary>The domain of the tenant; empty for the one of the installation.</summary>
    public string TenantDomain { get; init; } = "";

    /// <summary>What else the INVITEs say, besides what passes from the caller's.</summary>
    public IReadOnlyList<(HeaderName Name, string Value)> More
    {
        get => _headers;
        init => _headers = [.. _headers, .. value];
    }

    /// <summary>True when the callee must not learn who calls (RFC 3323 §4.2, RFC 3325 §7).</summary>
    public bool HidesCaller => _caller.HidesFrom;

    /// <summary>The addressing of a step of the plan: with the way that the call took to get there (RFC 7044, RFC 5806).</summary>
    public CalleeAddressing Of(PlanStep step)
    {
        if (step.DivertedBy.Length == 0 && !step.AnswersByItself)
            return this;

        var copy = (CalleeAddressing)MemberwiseClone();
        if (step.AnswersByItself)
            copy._headers = [.. _headers, .. RingHeaders.AnswerByItself];
        copy._history = step.History;
        return copy;
    }

    /// <summary>The INVITE to one contact.</summary>
    public OutboundDial For(Binding contact)
    {
        if (contact.Trunk is not null)
            return TrunkAddressing.For(contact, _caller, _maxForwards);

        var domain = Domain(_options, _addressing, contact.Way, TenantDomain);
        var identity = Identity.NameAddr(_caller.DisplayName, _caller.Number, domain);
        return new OutboundDial(
            contact,
            _caller.HidesFrom ? Identity.Anonymous : identity,
            $"<sip:{_calledNumber}@{domain}>",
            _caller.HidesAssertion ? "" : identity,
            _caller.HidesFrom ? "" : _caller.Number,
            Math.Max(0, _maxForwards))
        {
            Headers = _history.Diversions == 0 ? _headers : [.. _headers, .. _history.Headers(contact.ContactUri, _caller.Wish.HidesHistory)],
            IsSips = IsSips,
        };
    }

    /// <summary>The host of our addresses on a flow: the domain of the tenant, that of the options, or else our own host there.</summary>
    public static string Domain(CallOptions options, SipAddressing addressing, in SipFlow flow, string ofTenant)
    {
        if (ofTenant.Length > 0)
            return ofTenant;
        if (options.Domain.Length > 0)
            return options.Domain;

        var address = addressing.HostAndPort(flow);
        return address[..address.LastIndexOf(':')];
    }
}
