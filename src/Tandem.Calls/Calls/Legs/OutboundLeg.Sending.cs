using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Routing;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Buffers;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <content>How the INVITE and the PRACKs of the leg go out, to a phone or to a provider.</content>
internal sealed partial class OutboundLeg
{
    // Null: over the flow of the contact.
    private void Send(SipTargetList? targets)
    {
        if (IsOver)
        {
            // The call ended while the name was asked for.
            AbandonedInvite.Forget(Environment, CallId);
            return;
        }

        var writer = SipWriter.Request(SipMethod.Invite, SipsContacts.RequestUri(_dial.Contact, _dial.IsSips));
        foreach (var path in _dial.Contact.Routes)
            writer.Header(HeaderName.Route, path);
        if (Trunk is { } trunk)
            WriteTrunk(writer, trunk);

        writer.Header(HeaderName.MaxForwards, _dial.MaxForwards);
        writer.Begin(HeaderName.From).Append(_dial.From).Append(";tag="u8).Append(_localTag).End();
        writer.Header(HeaderName.To, _dial.To).Header(HeaderName.CallId, CallId);
        writer.Begin(HeaderName.CSeq).Append(++_cseq).Append(" INVITE"u8).End();
        WriteContact(writer, targets?[0] ?? _dial.Contact.Way);
        writer.Header(HeaderName.Allow, Engine.Allow).Header(HeaderName.Supported, Extensions());
        writer.Header(HeaderName.UserAgent, Call.Options.Product);
        if (_dial.AssertedIdentity.Length > 0)
            writer.Header(HeaderName.PAssertedIdentity, _dial.AssertedIdentity);

        Session.Offer(writer);
        writer.Header(HeaderName.SessionId, SessionIds.Value(Call.Origin.Uuid, ""));
        WritePackages(writer);
        foreach (var (name, value) in _dial.Headers)
            writer.Header(name, value);

        // The request is kept until the caller is answered, and no contact is dialled after that.
        var loopKey = Call.Origin.Request is { } caller ? SipEngine.LoopKey(caller) : 0;
        var bytes = Finish(writer);
        _invite = targets is null
            ? Engine.SendRequest(bytes, SipMethod.Invite, _dial.Contact.Way, Now, this, loopKey)
            : Engine.SendRequest(bytes, SipMethod.Invite, targets, Now, this, loopKey);
        _invite.IsGuarded = Trunk is { Profile.IsAddress: true };
    }

    private void SendAnew()
    {
        if (_answering is not null)
            Send(_answering);
        else if (Trunk is { } trunk)
            Environment.Trunks.Locate(trunk.Profile, SendToProvider);
        else
            ContactWay.Find(Engine, _dial.Contact, Now, Send);
    }

    private void SendToProvider(SipTargetList targets)
    {
        if (targets.Count > 0 || IsOver)
        {
            Send(targets);
            return;
        }

        AbandonedInvite.Forget(Environment, CallId);
        Fail(503, null);
    }

    private void WriteTrunk(SipWriter writer, TrunkUse trunk)
    {
        if (ProfileAddresses.Route(trunk.Profile) is { Length: > 0 } route)
            writer.Header(HeaderName.Route, route);
        if (!_isAnswering)
            trunk.Begin(_dial.Contact.ContactUri);
        _isAnswering = false;
        if (trunk.Authorization is { } credentials)
            writer.Header(credentials.Name, credentials.Value);
    }

    // RFC 3261 §22.2, §22.3
    private bool IsAnswered(SipMessage response)
    {
        if (Trunk is null || !Trunk.TryAnswer(response, _dial.Contact.ContactUri, ref _answers))
            return false;

        _answering = SipTargetList.Of(_invite!.Target, _invite.ServerName);
        _isAnswering = true;
        _invite.Owner = Unattended.Instance;
        Send(_answering);
        return true;
    }

    /// <summary>PRACK for a reliable provisional response (RFC 3262 §4). False when the response is to be ignored.</summary>
    public static bool AcceptReliable(CallEnvironment environment, SipMessage response, Dialog dialog, TrunkUse? trunk)
    {
        if (!response.HasOption(HeaderName.Require, "100rel"u8))
            return true;
        if (!dialog.TryAcceptReliable(response))
            return false;

        Acknowledge(environment, response, dialog, default, trunk);
        return true;
    }

    // Nobody waits for its answer; a provider that wants credentials for it gets them.
    private static void Acknowledge(CallEnvironment environment, SipMessage response, Dialog dialog, ReadOnlyMemory<byte> sdp, TrunkUse? trunk)
    {
        if (trunk is not null)
        {
            new TrunkPrack(environment, dialog, response, sdp, trunk).Begin();
            return;
        }

        var prack = dialog.Prack(response).Header(HeaderName.UserAgent, environment.Options.Product);
        environment.Engine.SendRequest(sdp.IsEmpty ? prack.Finish() : prack.Finish("application/sdp"u8, sdp.Span), SipMethod.Prack, dialog, environment.Now, Unattended.Instance);
    }

    private PooledBuffer Finish(SipWriter writer) => _offer.IsEmpty ? writer.Finish() : writer.Finish("application/sdp"u8, _offer.Span);

    // Without an offer of ours a reliable provisional response brings one that only its PRACK can answer (RFC 3262 §5): 100rel is
    // offered then only when the caller can answer it in a PRACK of its own.
    private ReadOnlySpan<byte> Extensions() => (Call.Options.SessionTimers, _offer.IsEmpty && !MayOfferEarly) switch
    {
        (true, true) => "199, timer"u8,
        (true, false) => "100rel, 199, timer"u8,
        (false, true) => "199"u8,
        _ => "100rel, 199"u8,
    };
}
