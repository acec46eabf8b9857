using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Origination;

/// <summary>
/// Rings who is to be the caller of a call that nobody dialled: all contacts at the same time, with an offer of our own, and the first 2xx wins
/// (RFC 3261 §16.7 as a B2BUA does it). Of several ways to one phone, or of several profiles, the next is tried when one fails.
/// </summary>
internal sealed class FirstRinging(LiveCall call, CalleeAddressing addressing)
{
    private readonly List<OutboundLeg> _legs = [];
    private DeviceFlows _phones = null!;
    private ReadOnlyMemory<byte> _offer;
    private CallEnding? _shut;
    private int _ringing;
    private int _best;

    /// <summary>Completes with the leg that answered, which is the caller of the call then; or with how the call ends.</summary>
    public async ValueTask<(OutboundLeg? Leg, CallEnding Ending)> RunAsync(IReadOnlyList<Binding> contacts, TimeSpan limit)
    {
        if (MediaOpening.Open(call) is { } refused)
            return (null, refused);

        var media = call.Model.Media!;
        if (PeerOf(contacts[0]) is { } peer)
            media.Expect(CallSide.Caller, peer);
        var offer = media.Create(CallSide.Caller);
        if (!offer.IsAccepted)
            return (null, MediaRefusals.Ending(offer));

        _offer = offer.Sdp;
        _phones = new DeviceFlows(contacts);
        call.SetDeadline(limit);
        foreach (var contact in _phones.First)
            Dial(contact);
        if (_ringing == 0)
            return (null, _shut ?? CallEnding.For(EndReason.NotRegistered, CallSide.Caller, answered: false));

        while (true)
        {
            var signal = await call.NextAsync();
            try
            {
                if (Take(signal, media, out var winner) is { } ending)
                    return (null, ending);
                if (winner is not null)
                    return (Win(winner), default);
            }
            finally
            {
                signal.Message?.Release();
            }
        }
    }

    /// <summary>Lets go of all that ring, but for the one that has become the caller.</summary>
    public void Release(in CallEnding ending)
    {
        foreach (var leg in _legs)
        {
            if (leg != call.Caller)
                leg.Release(ending);
        }
    }

    private CallEnding? Take(in CallSignal signal, IMediaSession media, out OutboundLeg? winner)
    {
        winner = null;
        var leg = signal.Leg as OutboundLeg;
        switch (signal.Kind)
        {
            case CallSignalKind.Provisional:
                call.Model.Ring(call.Now);
                return null;
            case CallSignalKind.Answered when leg is not null:
                return TryAnswer(leg, signal, media, ref winner);
            case CallSignalKind.Refused when leg is not null:
                return Refused(leg, signal.Status);
            case CallSignalKind.Request:
                signal.Leg!.Respond(signal.Server!, 481);
                return null;
            case CallSignalKind.TimeUp:
                return CallEnding.For(EndReason.NoAnswer, CallSide.Caller, answered: false);
            case CallSignalKind.HangUp:
                return CallEnding.For(signal.Reason, CallSide.Exchange, answered: false);
            default:
                return null;
        }
    }

    private CallEnding? TryAnswer(OutboundLeg leg, in CallSignal signal, IMediaSession media, ref OutboundLeg? winner)
    {
        var response = signal.Message!;
        var body = response.Sdp is { IsEmpty: false } sdp ? sdp.ToArray() : leg.EarlyAnswer;
        if (leg.MediaPeerAt(leg.Target) is { } peer)
            media.Expect(CallSide.Caller, peer);
        if (media.Answer(CallSide.Caller, body) is { IsAccepted: false } unusable)
        {
            var ending = MediaRefusals.Ending(unusable);
            leg.Release(ending);
            return Refused(leg, ending.Verdict.SipStatus);
        }

        leg.LastSdp = body;
        leg.Ack(default);
        winner = leg;
        return null;
    }

    private CallEnding? Refused(OutboundLeg leg, int status)
    {
        _ringing--;
        if (ForkResponses.IsBetter(status, _best))
            _best = status;
        if ((status is 430 or 408 or 503 || leg.Trunk is not null) && _phones.TakeNext(leg.Contact) is { } next)
            Dial(next);
        if (_ringing > 0 && _best < 600)
            return null;

        return new CallEnding(Verdicts.ForRefusal(ForkResponses.TowardCaller(_best)) with { EndedBy = CallSide.Caller });
    }

    private void Dial(Binding contact)
    {
        TrunkUse? trunk = null;
        while (contact.Trunk is { } route)
        {
            trunk = call.Environment.Trunks.TryEnter(call, route, out var refusal);
            if (trunk is not null)
                break;

            _shut = refusal.Ending;
            if (_phones.TakeNext(contact) is not { } next)
                return;

            contact = next;
        }

        var leg = new OutboundLeg(call, addressing.For(contact), _offer, trunk, CallSide.Caller);
        _legs.Add(leg);
        _ringing++;
        leg.Dial();
    }

    private OutboundLeg Win(OutboundLeg winner)
    {
        var elsewhere = new CallEnding(Verdicts.For(EndReason.Completed, CallSide.Caller, answered: true), ReasonHeaders.CompletedElsewhere);
        foreach (var leg in _legs)
        {
            if (leg != winner)
                leg.Release(elsewhere);
        }

        call.Caller = winner;
        call.Model.Note(s => s with { CallerAddress = winner.Target.Remote.ToString(), CallerSipCallId = winner.CallId });

        // Whoever is outside is the number that the record shows on that side.
        if (winner.Trunk is { } trunk && call.Model.Snapshot.Direction == CallDirection.Internal)
            call.Model.Note(s => s with { Direction = CallDirection.Inbound, ProfileId = trunk.Profile.Id.Value });
        return winner;
    }

    private MediaPeer? PeerOf(Binding contact) => contact.Trunk is null ? call.Environment.PeerOf(contact.Tenant, contact.Number, contact.Flow) : null;
}
