using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Routing;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls.Programs;

/// <summary>How a person is connected to somebody else.</summary>
internal sealed partial class ServedCall
{
    // Services one after the other in one call. Default 30: more is a circle.
    private const int MaxServices = 30;

    private Ringing? _ringing;
    private int _services;

    /// <summary>
    /// Rings whom a plan says, step by step, through the toll guard where it leads outside, while the person hears music or a ring back of ours. The first who answers is connected; the
    /// person's phone is told nothing. When nobody does, the person is where they were before, with what plays meanwhile going on.
    /// </summary>
    /// <param name="to">Whom.</param>
    /// <param name="order">How.</param>
    public async ValueTask<ConnectOutcome> ConnectAsync(CallPlan to, ConnectOrder order)
    {
        if (IsGone)
            return new ConnectOutcome(ConnectEnd.Gone);
        switch (to.Only)
        {
            case DialDecision.Reject reject:
                return new ConnectOutcome(EndOf(reject.Status, reject.Reason), reject.Status, Text: reject.Text);
            case DialDecision.Serve serve:
                return new ConnectOutcome(ConnectEnd.Service, 200) { Service = serve.Service };
            default:
                break;
        }

        if ((order.Addressing ?? _addressing?.Toward(order.Number)) is not { } addressing)
            return new ConnectOutcome(ConnectEnd.Refused, 403, Text: "This person is not connected onward");

        await StopPumpAsync();
        if (IsGone)
            return new ConnectOutcome(ConnectEnd.Gone);
        if (order.Meanwhile is { } meanwhile)
            Loop(meanwhile);

        var before = Call.Origin;
        var ringing = new Ringing(Call, order);
        var story = new PlanStory(Call, addressing);
        CallEnding? refused;
        _ringing = ringing;
        Call.Origin = new ServedOrigin(this);
        var speaking = order.Voice is { } voice ? SpeakAsync(ringing, voice) : null;
        try
        {
            refused = await story.RingOrServeAsync(to.Steps);
        }
        finally
        {
            ringing.Finish();
            Call.Origin = before;
            _ringing = null;
        }

        // At the answer nothing waits, not even for the line of code that spoke.
        var isConnected = refused is null && story.Service is null;
        if (isConnected)
            Silence();
        if (speaking is not null)
        {
            Changed();
            await speaking;
        }

        if (refused is { } ending)
            return Leave(ending, ringing);
        if (story.Service is { } service)
            return Leave(CallEnding.For(EndReason.NoAnswer, CallSide.Exchange, answered: false), ringing) is { End: ConnectEnd.Gone } gone
                ? gone
                : new ConnectOutcome(ConnectEnd.Service, 200) { Service = service };

        Call.Connected(order.Queue);
        Call.Environment.Monitors.Talks(Tenant, Call.Answerer);
        return new ConnectOutcome(ConnectEnd.Connected, 200);
    }

    /// <summary><see cref="ConnectAsync(CallPlan, ConnectOrder)"/> for a plan of one decision.</summary>
    public ValueTask<ConnectOutcome> ConnectAsync(DialDecision to, ConnectOrder order) => ConnectAsync(CallPlan.Of(to), order);

    /// <summary>After <see cref="ConnectEnd.Service"/>: the exchange itself serves the person, until that is over. The program ends with what it completes with.</summary>
    public async ValueTask<CallEnding?> ServeAsync(ExchangeService service)
    {
        // A menu that leads to a menu that leads back.
        if (++_services > MaxServices)
            return CallEnding.For(EndReason.LoopDetected, CallSide.Exchange, Call.IsAnswered);

        var program = Call.Environment.MakeProgram(Call, service);
        return IsGone ? null : program.Prepare(this) ?? await program.RunAsync(this);
    }

    /// <summary>After <see cref="ConnectEnd.Connected"/>: both talk until one hangs up. The program ends with what it completes with.</summary>
    public async ValueTask<CallEnding?> TalkAsync()
    {
        if (IsGone)
            return _ending;

        var ending = await new ConversationStory(Call).RunAsync();
        if (!IsGone)
            Go(ending);
        return ending;
    }

    /// <summary>How the ringing is to end; null while it goes on.</summary>
    internal CallEnding? RingingEnd => IsGone
        ? _ending
        : _ringing is { Ended: { } why } ? CallEnding.For(why == ConnectEnd.NoAnswer ? EndReason.NoAnswer : EndReason.Cancelled, CallSide.Exchange, answered: false) : null;

    /// <summary>False while somebody is rung whom nobody may answer for.</summary>
    internal bool MayBePickedUp => _ringing is not { Order.MayBePickedUp: false };

    /// <summary>True when the step of the plan that rings has had its time.</summary>
    internal bool IsStepOver => _ringing is { IsStepOver: true };

    /// <summary>A step of the plan rings for so long.</summary>
    internal void LimitStep(TimeSpan limit) => _ringing?.LimitStep(limit);

    /// <summary>A signal that came while somebody is rung. True when it was the person's or ours.</summary>
    internal bool TakeWhileRinging(in CallSignal signal) => Take(signal);

    // Beside the story that rings: that one reads the signals of the call, and this one hears of the sounds among them.
    private async Task SpeakAsync(Ringing ringing, IRingingVoice voice)
    {
        var wasSpeaking = IsSpokenTo;
        while (!IsGone && !ringing.IsFinished)
        {
            if (IsSpokenTo)
            {
                await ChangeAsync();
            }
            else if (wasSpeaking)
            {
                voice.GoOn(Call.Now);
                wasSpeaking = false;
            }
            else if (Call.Now >= voice.Due)
            {
                Begin(voice.Next(Call.Now), isLoop: false);
                wasSpeaking = true;
            }
            else
            {
                await ChangeAsync(voice.Due == Moment.Never ? null : voice.Due);
            }
        }
    }

    private ConnectOutcome Leave(in CallEnding ending, Ringing ringing)
    {
        Call.DropForks(ending);
        if (IsGone || Call.IsOver)
            return new ConnectOutcome(ConnectEnd.Gone);

        Call.SetRinging(null);
        Call.Model.Media?.AbandonOffer();
        Pump();
        var verdict = ending.Verdict;
        return ringing.Ended is { } why
            ? new ConnectOutcome(why, why == ConnectEnd.NoAnswer ? 480 : 0, ringing.Key)
            : new ConnectOutcome(EndOf(verdict.SipStatus, verdict.Reason), verdict.SipStatus, Text: verdict.Text);
    }

    private static ConnectEnd EndOf(int status, EndReason reason) => reason switch
    {
        EndReason.Busy => ConnectEnd.Busy,
        EndReason.NoAnswer or EndReason.SetupTimeout => ConnectEnd.NoAnswer,
        EndReason.NotRegistered or EndReason.TransportFailed or EndReason.Overloaded => ConnectEnd.Unreachable,
        _ => status is 486 or 600 ? ConnectEnd.Busy : ConnectEnd.Refused,
    };
}
