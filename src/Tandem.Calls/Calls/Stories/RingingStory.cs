using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// From the INVITE to the answer: all contacts ring at the same time, their provisional responses reach the caller, the
/// first 2xx wins and the other contacts are cancelled (RFC 3261 §16.7 as a B2BUA does it).
/// </summary>
internal sealed partial class RingingStory(LiveCall call, CalleeAddressing addressing)
{
    private CalleeAddressing _addressing = addressing;
    private Moment _until;
    private int _firstFork;
    private bool _isNext;
    private int _best;
    private int _ringing;
    private bool _unreachable;
    private TrunkRefusal? _shut;
    private string _bestReason = "";
    private OutboundLeg? _shown;
    private NetAddress _shownAt;
    private DeviceFlows _phones = null!;
    private ReadOnlyMemory<byte> _offer;
    private ReadOnlyMemory<byte> _otherOffer;
    private bool _offerIsForBrowser;
    private MediaPeer? _offeredTo; // as it was known before it answered
    private bool _mayOfferEarly;
    private readonly EarlySession _early = new(call);

    // Who is connected to the exchange already and wants somebody rung; null where the caller waits for the first answer.
    private ServedCall? Person => (call.Origin as ServedOrigin)?.Person;

    /// <summary>True once the call itself is over, whoever else could be rung: its caller has gone, or somebody ended it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True when the caller can still be offered to others: no contact has made it settle on an offer of its own.</summary>
    public bool MayGoOn => !IsOver && !_early.IsOfferAnswered && !_early.IsOffering && call.Negotiation is null;

    /// <summary>
    /// Rings others after nobody of the last ones answered: what the caller has offered goes to them, and the early dialog that it has
    /// stays. Completes as <see cref="RunAsync"/>.
    /// </summary>
    public ValueTask<CallEnding?> RunNextAsync(IReadOnlyList<Binding> contacts, TimeSpan ringTime, CalleeAddressing addressing)
    {
        _addressing = addressing;
        var next = new CallEnding(Verdicts.For(EndReason.NoAnswer, CallSide.Callee, answered: false));
        foreach (var fork in call.Forks)
            fork.Release(next);

        (_best, _ringing, _unreachable, _shut, _bestReason) = (0, 0, false, null, "");
        _isNext = true;
        return RunAsync(contacts, ringTime, isLast: false);
    }

    /// <summary>Completes with null when the call is answered and both legs talk, else with how it ended.</summary>
    /// <param name="contacts">Who is rung.</param>
    /// <param name="ringTime">For how long; zero for as long as the options say.</param>
    /// <param name="isLast">False when others may be rung after these.</param>
    public ValueTask<CallEnding?> RunAsync(IReadOnlyList<Binding> contacts, TimeSpan ringTime = default, bool isLast = true)
    {
        if (!_isNext && OpenMedia(contacts, out _offer) is { } refused)
            return new ValueTask<CallEnding?>(Over(refused));

        var limit = ringTime > TimeSpan.Zero ? ringTime : SetupTimeOf(call, contacts);
        if (Person is { } served)
            served.LimitStep(limit);
        else
            call.SetDeadline(limit);
        _until = call.Now + limit;
        _firstFork = call.Forks.Count;
        _phones = new DeviceFlows(contacts);

        // RFC 3262 §5: an offer in a reliable response of a contact passes when there is no other contact that could make one too.
        _mayOfferEarly = isLast && contacts.Count == 1 && call.Origin is InboundLeg { HasOffer: false, TakesReliable: true };
        foreach (var contact in _phones.First)
            Dial(contact);
        return _ringing == 0 && _shut is { } shut ? new ValueTask<CallEnding?>(shut.Ending) : WaitAsync();
    }

    private async ValueTask<CallEnding?> WaitAsync()
    {
        while (true)
        {
            var signal = await call.NextAsync();
            try
            {
                if (Person is { } person && person.TakeWhileRinging(signal))
                {
                    if (person.RingingEnd is { } end)
                        return Over(end);
                    if (person.IsStepOver)
                        return TimedOut();
                    continue;
                }

                switch (signal.Kind)
                {
                    case CallSignalKind.Provisional or CallSignalKind.Answered or CallSignalKind.Refused when signal.Leg!.IsOver:
                        break; // of those who rang before
                    case CallSignalKind.TimeUp when call.Now < _until:
                        break;
                    case CallSignalKind.Provisional:
                        PassProvisional((OutboundLeg)signal.Leg!, signal.Message!);
                        if (IsDecided() is { } silenced)
                            return silenced;
                        break;
                    case CallSignalKind.Answered when call.Negotiation is not null:
                        _early.Hold(signal);
                        break;
                    case CallSignalKind.Answered:
                        if (await TryConnectAsync((OutboundLeg)signal.Leg!, signal.Message!))
                            return null;
                        if (IsDecided() is { } unusable)
                            return unusable;
                        break;
                    case CallSignalKind.PickedUp:
                        DialPickup();
                        break;
                    case CallSignalKind.Refused when signal.Leg == _pickup?.Fork:
                        DropPickup();
                        if (IsDecided() is { } nobody)
                            return nobody;
                        break;
                    case CallSignalKind.Refused when OtherFlow(signal) is { } other && Dial(other):
                        _ringing--;
                        break;
                    case CallSignalKind.Refused:
                        Count(signal.Status, isHeard: signal.Message is not null, ReasonHeaders.From(signal.Message, signal.Leg!.Trunk));
                        if (IsDecided() is { } ending)
                            return ending;
                        break;
                    case CallSignalKind.Cancelled:
                        return Over(Cancelled(signal.Message));
                    case CallSignalKind.Request when signal.Leg == call.Caller && signal.Message!.Method == SipMethod.Bye:
                        // RFC 3261 §15: a caller may end an early dialog with BYE; its INVITE is answered 487.
                        call.Caller.Respond(signal.Server!, 200);
                        return Over(Cancelled(signal.Message));
                    case CallSignalKind.Request:
                        _early.Receive(signal);
                        break;
                    case CallSignalKind.LegLost when signal.Leg == call.Caller:
                        return Over(CallEnding.For(signal.Reason, CallSide.Caller, answered: false));
                    case CallSignalKind.TimeUp:
                        return TimedOut();
                    case CallSignalKind.HangUp:
                        return Over(CallEnding.For(signal.Reason, CallSide.Exchange, answered: false));
                    default:
                        break;
                }
            }
            finally
            {
                signal.Message?.Release();
            }
        }
    }

    // RFC 5626 §7: the flow failed (430, or it could not be used, or nothing came back), not the phone: the next flow is tried. Any
    // other answer is the phone's own.
    private Binding? OtherFlow(in CallSignal refusal)
    {
        var leg = (OutboundLeg)refusal.Leg!;
        return refusal.Message is null || refusal.Status == 430 || (leg.Trunk is not null && (IsOfProvider(refusal.Status) || IsForHelp(call, leg.Contact))) ? _phones.TakeNext(leg.Contact) : null;
    }

    // What a provider says of itself, not of who was called: its fault, or that it does not know us.
    private static bool IsOfProvider(int status) => status is 401 or 407 or (>= 500 and < 600);

    // False when it may go by no profile that is left.
    private bool Dial(Binding contact)
    {
        TrunkUse? trunk = null;
        while (contact.Trunk is { } route)
        {
            trunk = call.Environment.Trunks.TryEnter(call, route, out var refusal);
            if (trunk is not null)
                break;

            _shut = refusal;
            call.AddRefusedWay(CallAttempts.Refused(call, route, refusal));
            if (_phones.TakeNext(contact) is not { } next)
                return false;

            contact = next;
        }

        var leg = new OutboundLeg(call, _addressing.For(contact), OfferFor(contact), trunk) { MayOfferEarly = _mayOfferEarly && !IsQuietBeforeAnswer(trunk) && !IsQuietBeforeAnswer(call.Caller?.Trunk) };
        call.AddFork(leg);
        _ringing++;
        Show(leg);
        leg.Dial();
        if (_phones.HasNext(contact))
            call.Start(() => WatchAsync(leg));
        return true;
    }

    // A flow that is dead without our knowledge, a mapping that a translator forgot, is silent.
    private async Task WatchAsync(OutboundLeg leg)
    {
        if (await call.PauseAsync(leg.Trunk is null ? call.Options.FlowTimeout : call.Environment.Trunks.Options.FailoverTimeout))
            leg.GiveUpSilent();
    }

    private void PassProvisional(OutboundLeg leg, SipMessage response)
    {
        if (leg == _pickup?.Fork)
            return;

        Show(leg);
        if (IsQuietBeforeAnswer(leg.Trunk) || IsQuietBeforeAnswer(call.Caller?.Trunk))
        {
            // What the response says of media waits for the 2xx, and 183 would leave the caller in silence.
            call.Model.Ring(call.Now);
            call.Origin.Progress(response.StatusCode == 183 ? 180 : response.StatusCode, default, leg);
            return;
        }

        if (!leg.EarlyOffer.IsEmpty && _early.Fork is null && call.Origin is InboundLeg caller)
        {
            PassOffer(caller, leg, response.StatusCode);
            return;
        }

        ReadOnlyMemory<byte> sdp = default;
        if (Person is null && call.Origin.HasOffer && !_early.IsChanged && response.Sdp is { IsEmpty: false } answer && call.Model.Media is { } media)
        {
            // Early media. What cannot be relayed is left out; the 2xx decides.
            Expect(media, PeerOf(leg));
            var body = answer.ToArray();
            var result = media.Answer(CallSide.Callee, body);
            if (result.IsAccepted)
            {
                sdp = result.Sdp;
                leg.LastSdp = body;
                _early.Answered(leg);
            }
        }

        call.Model.Ring(call.Now);
        call.Origin.Progress(response.StatusCode, sdp, leg);
    }

    private static bool IsQuietBeforeAnswer(TrunkUse? trunk) => trunk is { Profile.EarlyMedia: EarlyMediaPolicy.Ring };

    private void PassOffer(InboundLeg caller, OutboundLeg leg, int status)
    {
        var result = call.Model.Media!.Offer(CallSide.Callee, leg.EarlyOffer.ToArray());
        if (!result.IsAccepted)
        {
            Refuse(leg, result);
            return;
        }

        _early.Offered(leg);
        call.Model.Ring(call.Now);
        caller.OfferEarly(status, result.Sdp, leg);
    }

    // What this contact says cannot be used: that counts as its refusal.
    private void Refuse(OutboundLeg leg, in MediaResult result)
    {
        var unusable = MediaRefusals.Ending(result);
        leg.Release(unusable);
        if (TryNextForHelp(leg.Contact))
            _ringing--;
        else
            Count(unusable.Verdict.SipStatus, isHeard: true);
    }

    // True when both legs are connected. False when this contact's answer cannot be used, which counts as a refusal, or when
    // something happened before the caller could be told.
    private async ValueTask<bool> TryConnectAsync(OutboundLeg winner, SipMessage response)
    {
        var body = response.Sdp is { IsEmpty: false } sdp ? sdp.ToArray() : winner.EarlyAnswer;
        Expect(call.Model.Media!, PeerOf(winner));
        var result = Settle(winner, body);
        var isSettled = result.IsAccepted && result.Sdp.IsEmpty && Person is null;
        if (!result.IsAccepted || (body.IsEmpty && !isSettled))
        {
            // The caller's offer stays open for the other contacts; an offer of this one is dropped.
            if (!call.Origin.HasOffer)
                call.Model.Media!.AbandonOffer();

            Refuse(winner, result);
            return false;
        }

        if (!isSettled)
            winner.LastSdp = body;
        call.Callee = winner;
        if (winner != _pickup?.Fork)
            Show(winner);
        if (call.Origin.HasOffer)
            winner.Ack(default);

        var elsewhere = new CallEnding(Verdicts.For(EndReason.Completed, CallSide.Callee, answered: true), ReasonHeaders.CompletedElsewhere);
        foreach (var fork in call.Forks)
        {
            if (fork != winner)
                fork.Release(elsewhere);
        }

        // The media plan is in force before the caller hears of the answer. What interrupts the wait for its PRACK is
        // the next signal.
        if (call.Origin is not InboundLeg caller)
        {
            EndPickup(winner);
            return true; // who moves a leg here connects it
        }

        if (!await caller.MayAnswerAsync())
            return false;

        call.SetDeadline(call.Options.MaximumDuration);
        var ack = caller.Answer(result.Sdp);
        EndPickup(winner);
        call.Model.Answer(call.Now);
        if (!caller.HasOffer)
            call.Start(() => new DelayedAnswerStory(call, winner.Ack).RunAsync(ack));
        else
            call.UpdateMedia();

        return true;
    }

    private CallEnding Over(in CallEnding ending)
    {
        IsOver = true;
        return ending;
    }

    private CallEnding Cancelled(SipMessage? message) =>
        new(Verdicts.For(EndReason.Cancelled, CallSide.Caller, answered: false), ReasonHeaders.From(message, call.Caller?.Trunk));

    private void Count(int status, bool isHeard, string reason = "")
    {
        _ringing--;
        if (!ForkResponses.IsBetter(status, _best))
            return;

        _best = status;
        _bestReason = reason;
        _unreachable = !isHeard && status == 503;
    }

    // All have refused, or one of them for the whole callee (6xx, RFC 3261 §16.7 item 5).
    private CallEnding? IsDecided()
    {
        if (_ringing > 0 && _best < 600)
            return null;

        if (_unreachable)
            return CallEnding.For(EndReason.TransportFailed, CallSide.Callee, answered: false);

        // Another shard of ours has weighed its answer already.
        var isOurOwn = call.Forks.Count == _firstFork + 1 && call.Forks[_firstFork].Target.Transport == SipTransportKind.Internal;
        return new CallEnding(Verdicts.ForRefusal(isOurOwn ? _best : ForkResponses.TowardCaller(_best)), _bestReason);
    }

    // Somebody was there but nobody answered: 480. Nothing came back from any contact: 408 (RFC 3261 §16.7 item 6).
    private CallEnding TimedOut()
    {
        var heard = call.Model.State == CallState.Ringing && !_isNext;
        for (var i = _firstFork; i < call.Forks.Count; i++)
            heard |= call.Forks[i].HasResponded;
        return CallEnding.For(heard ? EndReason.NoAnswer : EndReason.SetupTimeout, CallSide.Callee, answered: false);
    }

    private void Show(OutboundLeg leg)
    {
        var remote = leg.Target.Remote;
        if (leg == _shown && remote == _shownAt)
            return;

        _shown = leg;
        _shownAt = remote;
        Note(remote.ToString(), leg.CallId, leg.Trunk?.Profile.Id.Value);
    }

    // Apart, for what it captures is made where the method begins.
    private void Note(string address, string callId, string? profile) =>
        call.Model.Note(s => s with { CalleeAddress = address, CalleeSipCallId = callId, ProfileId = profile ?? s.ProfileId });
}
