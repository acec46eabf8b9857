using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Calls.Security.Toll;
using Tandem.Core.Time;
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

    /// <summary>Answers the provider's challenges with what the profile says now.</summary>
    public ProfileCredentials Credentials => _gate.CredentialsOf(Profile.Id) ?? _gate.CredentialsOf(Profile);

    /// <summary>What the profile says of the provider's media.</summary>
    public MediaPeer PeerAt(in SipFlow flow) => new(flow.Remote)
    {
        Srtp = Profile.Srtp,
        HasSecureSignalling = flow.IsSecure,
        Codecs = Profile.Codecs,
    };

    /// <summary>Our Contact at the provider, in brackets: the address that it sees, where that is known.</summary>
    public string ContactAt(in SipFlow flow, SipEngine engine)
    {
        var seen = _gate.PublicAddressOf(Profile.Id);
        var host = seen.Length > 0 ? seen : engine.Addressing.HostAndPort(flow);
        return $"<{ProfileAddresses.Contact(Profile, host, flow.Transport)}>";
    }

    /// <summary>True once the provider has asked this leg for credentials: its later requests bring them along.</summary>
    public (HeaderName Name, string Value)? Authorization { get; set; }

    /// <summary>Credentials for a request in the dialog, where the provider asked for them before (RFC 3261 §22.1).</summary>
    public void Authorize(SipWriter request, SipMethod method, Dialog dialog)
    {
        if (Authorization is null || !Credentials.TryBegin(method, System.Text.Encoding.UTF8.GetString(dialog.RemoteTarget), out var header, out var value))
            return;

        request.Header(header, value);
        if (method == SipMethod.Invite)
            Authorization = (header, value);
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
        _ticket?.Ended(_gate.Wall);
        _usage.Leave();
    }

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
