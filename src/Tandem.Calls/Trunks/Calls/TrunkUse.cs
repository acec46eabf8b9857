using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Calls.Security.Toll;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>
/// What a leg to or from a provider holds as long as it lives, whichever call it is in: a place of the profile, and for a call to outside
/// the ticket of the toll guard. On the shard of the leg.
/// </summary>
internal sealed class TrunkUse
{
    private readonly TrunkGate _gate;
    private readonly ProfileUsage _usage;
    private readonly TollTicket? _ticket;
    private CallbackTimer? _limit;
    private NetAddress _provider;
    private string _callId = "";
    private bool _asks;
    private bool _isOver;

    public TrunkUse(TrunkGate gate, SipProfile profile, ProfileUsage usage, TollTicket? ticket)
    {
        _gate = gate;
        _usage = usage;
        _ticket = ticket;
        Profile = profile;
    }

    /// <summary>The profile as it was when the call began.</summary>
    public SipProfile Profile { get; }

    /// <summary>False where the other end is an address of anybody's choice, and this is in a network that such calls may not lead to.</summary>
    public bool MayBeAt(in NetAddress remote) => !Profile.IsAddress || _gate.MayReach(remote);

    /// <summary>True when requests from there are the provider's.</summary>
    public bool Trusts(in SipFlow flow) => Profile.Admits(flow.Remote) && IsProven(flow);

    /// <summary>
    /// False for requests that lack the certificate which the profile requires: by its names and roots as they are now. A call that began without the demand, or has outlived it, ends without it;
    /// what holds for every dialog holds then.
    /// </summary>
    public bool IsProven(in SipFlow flow) =>
        Profile.InboundCertificate == InboundCertificate.None || _gate.Directory.Find(Profile.Id) is not { } current || _gate.IsProvenInCall(current, flow);

    /// <summary>What it has cost once it is over; null where no price list has a price for it.</summary>
    public decimal? Price => _ticket is { PricePerMinute: > 0 } ticket ? ticket.Cost : null;

    /// <summary>Answers the provider's challenges with what the profile says now.</summary>
    public ProfileCredentials Credentials => _gate.CredentialsOf(Profile.Id) ?? _gate.CredentialsOf(Profile);

    /// <summary>What the profile says of the provider's media.</summary>
    public MediaPeer PeerAt(in SipFlow flow) => _gate.PeerOf(Profile, flow.Remote, flow.IsSecure);

    /// <summary>Our Contact at the provider, in brackets: the address that it sees, where that is known.</summary>
    public string ContactAt(in SipFlow flow, SipEngine engine)
    {
        var seen = _gate.PublicAddressOf(Profile.Id);
        var host = seen.Length > 0 ? seen : engine.Addressing.HostAndPort(flow);
        return $"<{ProfileAddresses.Contact(Profile, host, flow.Transport)}>";
    }

    /// <summary>What the last INVITE carried; null when the provider asked for nothing.</summary>
    public (HeaderName Name, string Value)? Authorization { get; private set; }

    /// <summary>The leg has this Call-ID: what the provider says in it may repeat the password of the profile.</summary>
    public void Carry(string callId)
    {
        _callId = callId;
        _gate.Secrets?.Begin(callId, Profile, _gate.Now);
    }

    /// <summary>The INVITE of the leg was answered by this target of the provider.</summary>
    public void Reached(in SipFlow target) => _provider = target.Remote;

    /// <summary>An INVITE outside a dialog goes out: with credentials, where the provider asked an earlier call for them. A SIP address of anybody gets none, whatever it asks for.</summary>
    public void Begin(string uri) => Authorization = !Profile.IsAddress && Credentials.TryBegin(SipMethod.Invite, uri, out var header, out var value) ? (header, value) : null;

    /// <summary>Answers a challenge to that INVITE (RFC 3261 §22.2, §22.3): it went to where the profile's name leads.</summary>
    /// <param name="response">The 401 or 407.</param>
    /// <param name="uri">The Request-URI.</param>
    /// <param name="tries">The answers that it has had; counted up here.</param>
    public bool TryAnswer(SipMessage response, string uri, ref int tries)
    {
        var host = ProfileAddresses.HostOf(ProfileAddresses.NextHop(Profile));
        if (Profile.IsAddress || Credentials.Answer(response, SipMethod.Invite, uri, host, ref tries, out var header, out var value) != DigestClientOutcome.Answered)
            return false;

        Authorization = (header, value);
        return true;
    }

    /// <summary>
    /// Answers a challenge to a request in a dialog of the leg. Only to a host that is known to be the provider's: a caller who names our
    /// Contact may be anybody whom the provider has shown it to, and so may who asks in his dialog.
    /// </summary>
    /// <param name="response">The 401 or 407.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="dialog">Its dialog.</param>
    /// <param name="target">Where it went.</param>
    /// <param name="tries">The answers that it has had; counted up here.</param>
    /// <param name="credentials">The header for the next try.</param>
    public bool TryAnswer(SipMessage response, SipMethod method, Dialog dialog, in SipFlow target, ref int tries, out (HeaderName Name, string Value) credentials)
    {
        credentials = default;
        if (Profile.IsAddress || !IsProvider(target)
            || Credentials.Answer(response, method, Target(dialog), Profile.Server, ref tries, out var header, out var value) != DigestClientOutcome.Answered)
            return false;

        credentials = (header, value);
        _asks = true;
        if (method == SipMethod.Invite)
            Authorization = credentials;
        return true;
    }

    /// <summary>Credentials for a request in the dialog, where the provider asked this leg for them before (RFC 3261 §22.1).</summary>
    public void Authorize(SipWriter request, SipMethod method, Dialog dialog)
    {
        HeaderName header = default;
        var value = "";
        var isAsked = !Profile.IsAddress && (_asks || Authorization is not null) && IsProvider(dialog.Flow) && Credentials.TryBegin(method, Target(dialog), out header, out value);
        _asks |= isAsked;
        if (isAsked)
            request.Header(header, value);
        if (method == SipMethod.Invite)
            Authorization = isAsked ? (header, value) : null;
    }

    /// <summary>The credentials of the INVITE stand in its ACK as well (RFC 3261 §13.2.2.4).</summary>
    public void Repeat(SipWriter ack)
    {
        if (Authorization is { } header)
            ack.Header(header.Name, header.Value);
    }

    /// <summary>The provider has answered: from here on it costs, and may have to end by itself.</summary>
    public void Answered(Leg leg)
    {
        if (_isOver || _ticket is null)
            return;

        _ticket.Answered(_gate.Wall);
        Watch(leg);
    }

    /// <summary>The leg is over. Idempotent.</summary>
    public void End()
    {
        if (_isOver)
            return;

        _isOver = true;
        if (_limit is not null)
            _gate.Wheel.Cancel(_limit);
        _limit = null; // it knows the leg, and credentials are asked for after its end
        _ticket?.Ended(_gate.Wall);
        _gate.Secrets?.End(_callId, _gate.Now);
        _usage.Leave();
    }

    private static string Target(Dialog dialog) => Encoding.UTF8.GetString(dialog.RemoteTarget);

    // Where the INVITE of this leg went, the registrar, the networks of the profile, or the address that the profile itself names.
    private bool IsProvider(in SipFlow flow) =>
        (_provider.Port > 0 && _provider.IsSameHost(flow.Remote)) || Profile.Admits(flow.Remote) || _gate.IsRegistrar(Profile.Id, flow.Remote)
        || ProfileAddresses.IsOurs(Profile, flow.Remote.HostText());

    private void Watch(Leg leg)
    {
        if (_isOver || _ticket!.Remaining(_gate.Wall) is not { } remaining)
            return;

        if (remaining <= TimeSpan.Zero)
        {
            leg.Call.HangUp(EndReason.MaximumDuration);
            return;
        }

        _limit ??= new CallbackTimer(_ => Watch(leg));
        _gate.Wheel.Schedule(_limit, _gate.Now + remaining);
    }
}
