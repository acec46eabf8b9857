using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// How the caller is shown to the callee: from the directory, never from what the caller's From claims. A caller who asks
/// for privacy (RFC 3323; RFC 3325 §7) is shown as anonymous.
/// </summary>
internal sealed class CalleeAddressing
{
    private readonly Extension _caller;
    private readonly string _calledNumber;
    private readonly CallOptions _options;
    private readonly SipAddressing _addressing;
    private readonly int _maxForwards;
    private readonly bool _private;

    public CalleeAddressing(Extension caller, string calledNumber, SipMessage invite, CallOptions options, SipAddressing addressing)
    {
        _caller = caller;
        _calledNumber = calledNumber;
        _options = options;
        _addressing = addressing;
        _private = WantsPrivacy(invite);
        var hops = invite.MaxForwards;
        _maxForwards = (hops < 0 ? options.MaxForwards : hops) - 1;
    }

    /// <summary>The INVITE to one contact.</summary>
    public OutboundDial For(Binding contact)
    {
        var domain = Domain(_options, _addressing, contact.Flow);
        var identity = Identity.NameAddr(_caller.DisplayName, _caller.Number, domain);
        return new OutboundDial(
            contact,
            _private ? Identity.Anonymous : identity,
            $"<sip:{_calledNumber}@{domain}>",
            _private ? "" : identity,
            _private ? "" : _caller.Number,
            Math.Max(0, _maxForwards));
    }

    /// <summary>The host of our addresses on a flow: the domain of the options, or else our own host there.</summary>
    public static string Domain(CallOptions options, SipAddressing addressing, in SipFlow flow)
    {
        if (options.Domain.Length > 0)
            return options.Domain;

        var address = addressing.HostAndPort(flow);
        return address[..address.LastIndexOf(':')];
    }

    private static bool WantsPrivacy(SipMessage invite)
    {
        if (!invite.TryGetHeader(HeaderName.Privacy, out var value))
            return false;

        foreach (var range in value.Split((byte)';'))
        {
            var priority = SipText.Trim(value[range]);
            if (SipText.EqualsIgnoreCase(priority, "id"u8) || SipText.EqualsIgnoreCase(priority, "user"u8) || SipText.EqualsIgnoreCase(priority, "header"u8))
                return true;
        }

        return false;
    }
}
