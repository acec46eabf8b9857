using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// A person who is connected to the exchange: the caller's side of a call, whoever opened the leg (an <see cref="InboundLeg"/>, or an <see cref="OutboundLeg"/> that we dialled
/// for the caller's side). A program uses it from one line of async code on the call's shard, one primitive at a time. What the phone asks for meanwhile (hold, another codec, a refresh)
/// is answered here. Once the person is gone every primitive returns at once.
/// </summary>
internal sealed partial class ServedCall
{
    /// <summary>Keys that are kept until they are read. Default 64: longer than any menu's whole path; more are dropped.</summary>
    private const int MaxKeys = 64;

    private readonly CalleeAddressing? _addressing;
    private readonly Signal<CallEnding> _over = new();
    private readonly Queue<char> _keys = [];
    private readonly CallbackTimer _timer;
    private readonly ServedRequests _requests;
    private List<Action>? _atEnd;
    private Signal<bool>? _change;
    private Signal<bool>? _handedOver;
    private bool _isPumping;
    private CallEnding _ending;

    /// <param name="call">The call; its media session is open, and it has the person's SDP or will have it.</param>
    /// <param name="leg">The person's leg; it is the caller of the call.</param>
    /// <param name="addressing">How the person is shown to whom they are connected; null for a person who is never connected on.</param>
    public ServedCall(LiveCall call, Leg leg, CalleeAddressing? addressing)
    {
        Call = call;
        Leg = leg;
        _addressing = addressing;
        _requests = new ServedRequests(call);
        _timer = new CallbackTimer(_ => Changed());
        call.Person = this;
        call.Ended = OnCallEnded;
    }

    /// <summary>The call.</summary>
    public LiveCall Call { get; }

    /// <summary>The leg of the person.</summary>
    public Leg Leg { get; }

    /// <summary>A program of the tenant had them come to what serves them now; they did not dial it.</summary>
    public bool IsSentOn { get; set; }

    /// <summary>Their side of the media session.</summary>
    public CallSide Side => Leg.Side;

    public TenantId Tenant => Call.Model.Tenant;

    /// <summary>The language of prompts (RFC 5646); empty for that of the installation.</summary>
    public string Language { get; set; } = "";

    /// <summary>True once the person hung up, or the call ended for another reason.</summary>
    public bool IsGone { get; private set; }

    /// <summary>True once the person is in another call: transferred, parked, retrieved or bridged by somebody else than the program.</summary>
    public bool IsTransferred => Leg.Call != Call;

    /// <summary>What is played to the person and heard of them.</summary>
    public IMediaSound Sound => Call.Model.Media?.Sound ?? SilentSound.Instance;

    /// <summary>Runs when the call is over, also when the program hangs; on the call's shard, in the reverse order of their adding.</summary>
    public void AtEnd(Action action)
    {
        if (Call.IsOver)
            action();
        else
            (_atEnd ??= []).Add(action);
    }

    /// <summary>
    /// Serves an answered person with a program until one of the two ends it. Completes with how the call is to end.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="ready">Completes when the session of the person is agreed on; null when it is.</param>
    public ValueTask<CallEnding> ServeAsync(ICallProgram program, Task? ready = null)
    {
        Pump();
        Call.Start(() => RunAsync(program, ready));
        return _over.WaitAsync();
    }

    /// <summary>Completes when the person is gone.</summary>
    public async ValueTask UntilGoneAsync()
    {
        while (!IsGone)
            await ChangeAsync();
    }

    /// <summary>Waits on the call's clock; ends early, with false, when the person goes.</summary>
    public async ValueTask<bool> PauseAsync(TimeSpan span)
    {
        var due = Call.Now + span;
        while (!IsGone && Call.Now < due)
            await ChangeAsync(due);
        return !IsGone;
    }

    /// <summary>
    /// Awaits something that is not the call's (a database, a web service), but not for longer than the person is there. True with its result; false when the person went first, and
    /// the work is left alone.
    /// </summary>
    public async ValueTask<(bool IsThere, T? Result)> WhileThereAsync<T>(Task<T> work)
    {
        _ = work.ContinueWith(_ => Call.Environment.PostToShard(Changed), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!IsGone && !work.IsCompleted)
            await ChangeAsync();
        return work.IsCompleted ? (!IsGone, await work) : (false, default);
    }

    private async Task RunAsync(ICallProgram program, Task? ready)
    {
        if (ready is not null)
            await ready;
        if (IsGone)
            return;

        var ending = await program.RunAsync(this) ?? CallEnding.For(EndReason.Completed, CallSide.Exchange, answered: true);
        _over.TrySet(IsGone ? _ending : ending);
    }

    // The one reader of the call's signals while the program does not talk or ring.
    private void Pump() => Call.Start(async () =>
    {
        _isPumping = true;
        while (!IsGone && _handedOver is null)
        {
            var signal = await Call.NextAsync();
            try
            {
                _ = Take(signal);
            }
            finally
            {
                signal.Message?.Release();
            }
        }

        _isPumping = false;
        _handedOver?.TrySet(true);
    });

    // Completes when nobody reads the call's signals any more.
    private async ValueTask StopPumpAsync()
    {
        if (!_isPumping)
            return;

        _handedOver = new Signal<bool>();
        Call.Post(new CallSignal(CallSignalKind.Woken));
        await _handedOver.WaitAsync();
        _handedOver = null;
    }

    // What concerns the person or the whole call. False when it is somebody else's.
    private bool Take(in CallSignal signal)
    {
        if (signal.Leg is { } leg && leg.Call != Call)
        {
            leg.Call.Post(signal); // it came before the leg went to its new call
            return true;
        }

        switch (signal.Kind)
        {
            case CallSignalKind.HandedOver:
                Go(CallEnding.For(EndReason.Transferred, CallSide.Exchange, Call.IsAnswered));
                return true;
            case CallSignalKind.PickedUp when _ringing is null:
                Call.Control?.Pickup?.Fail();
                return true;
            case CallSignalKind.Request when signal.Leg == Leg && signal.Message!.Method == SipMethod.Bye:
                Leg.Respond(signal.Server!, 200);
                Leg.HungUp();
                Go(new CallEnding(Verdicts.For(EndReason.Completed, Side, Call.IsAnswered), ReasonHeaders.From(signal.Message, Leg.Trunk)));
                return true;
            case CallSignalKind.Request when signal.Leg == Leg:
                _requests.Serve(Leg, signal.Message!, signal.Server!);
                return true;
            case CallSignalKind.RefreshDue when signal.Leg == Leg:
                Call.Start(() => new RefreshStory(Call, Leg).RunAsync());
                return true;
            case CallSignalKind.LegLost when signal.Leg == Leg:
                Go(CallEnding.For(signal.Reason, Side, Call.IsAnswered));
                return true;
            case CallSignalKind.Cancelled:
                Go(new CallEnding(Verdicts.For(EndReason.Cancelled, Side, Call.IsAnswered), ReasonHeaders.From(signal.Message, Leg.Trunk)));
                return true;
            case CallSignalKind.TimeUp:
                Go(CallEnding.For(EndReason.MaximumDuration, CallSide.Exchange, Call.IsAnswered));
                return true;
            case CallSignalKind.MediaSilent when signal.Side == Side:
                Go(CallEnding.For(EndReason.MediaTimeout, Side, Call.IsAnswered));
                return true;
            case CallSignalKind.HangUp:
                Go(CallEnding.For(signal.Reason, CallSide.Exchange, Call.IsAnswered));
                return true;
            default:
                return TakeSound(signal);
        }
    }

    // The program gets its turn first, and then the call ends, whatever the program still waits for.
    private void Go(CallEnding ending)
    {
        if (IsGone)
            return;

        IsGone = true;
        _ending = ending;
        Changed();
        Call.Environment.Turns.Post(() => _over.TrySet(ending));
    }

    private void OnCallEnded(CallEnding ending)
    {
        Call.Environment.Wheel.Cancel(_timer);
        Go(ending);
        Call.WakeReader();
        for (var i = (_atEnd?.Count ?? 0) - 1; i >= 0; i--)
            _atEnd![i]();
        _atEnd = null;
    }

    private void Changed() => _change?.TrySet(true);

    // Completes at the next thing that happens, or at a time. One line of code waits at a time.
    private async ValueTask ChangeAsync(Moment? due = null)
    {
        if (_change is { IsSet: false })
            throw new InvalidOperationException("a person does one thing at a time");

        var change = new Signal<bool>();
        _change = change;
        if (due is { } at)
            Call.Environment.Wheel.Schedule(_timer, at);
        await change.WaitAsync();
        _change = null;
        if (due is not null)
            Call.Environment.Wheel.Cancel(_timer);
    }
}
