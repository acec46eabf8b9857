using Tandem.Calls.Calls.Legs;
using Tandem.Core.Loops;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls;

/// <summary>
/// A call at work: its model, its legs, the queue of what happens to it, and its deadline. Owned by one shard; other
/// threads only read <see cref="Model"/>'s snapshot and post <see cref="HangUp"/> through the shard's turn queue.
/// </summary>
internal sealed class LiveCall
{
    private readonly SignalQueue<CallSignal> _signals;
    private readonly CallbackTimer _deadline;
    private readonly List<Pause> _pauses = [];
    private readonly List<OutboundLeg> _forks = [];
    private CallRecording? _recording;
    private CallPast? _past;
    private bool _mayBeRecorded = true;

    public LiveCall(Call model, CallEnvironment environment)
    {
        Model = model;
        Environment = environment;

        // Signals that come once per leg or call are counted on top, so a flood of requests or of provisional responses can never
        // push them out.
        _signals = new SignalQueue<CallSignal>(int.MaxValue);
        _deadline = new CallbackTimer(_ => Post(new CallSignal(CallSignalKind.TimeUp)));
    }

    public Call Model { get; }

    public CallEnvironment Environment { get; }

    /// <summary>Who wants the call, until it is answered.</summary>
    public ICallOrigin Origin { get; set; } = null!;

    /// <summary>The leg of the caller: the one that the call came in on, or one that came from another call; null while that one is still there.</summary>
    public Leg Caller { get; set; } = null!;

    /// <summary>The legs that were dialled, in order.</summary>
    public IReadOnlyList<OutboundLeg> Forks => _forks;

    /// <summary>The leg that answered, or that came from another call.</summary>
    public Leg? Callee { get; set; }

    /// <summary>The offer/answer exchange that is under way between the two phones; null when there is none.</summary>
    public Negotiation? Negotiation { get; set; }

    /// <summary>The transfer of one of the legs that is under way; null when there is none.</summary>
    public Transfer.Transfer? Transfer { get; set; }

    /// <summary>Who is connected to the exchange, or was before somebody else took the call; null for nobody.</summary>
    public Programs.ServedCall? Person { get; set; }

    /// <summary>What commands from outside changed of it; null for a call that got none.</summary>
    public Commands.CallControl? Control { get; set; }

    /// <summary>Hears how the call ended.</summary>
    public Action<CallEnding>? Ended { get; set; }

    /// <summary>Extensions that take part though nobody dialled them: members of a group, where a forward leads. Null for none.</summary>
    public IReadOnlyList<string>? Others { get; private set; }

    /// <summary>True once a leg has gone to another call: what is left has only to end.</summary>
    public bool IsHandedOver => (Callee is { } callee && callee.Call != this) || (Caller is { } caller && caller.Call != this);

    /// <summary>True while both phones are there, so that one can be asked what the other wants.</summary>
    public bool IsWhole => !IsHandedOver && Callee is { IsOver: false } && Caller is { IsOver: false };

    /// <summary>True once the verdict is given: stories stop, legs say good-bye.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Its recording.</summary>
    public CallRecording Recording => _recording ??= new CallRecording(this);

    /// <summary>Ids of the recordings that were begun; null while there were none.</summary>
    public IReadOnlyList<string>? RecordingIds => _recording?.Ids;

    /// <summary>The way through menus for the record, see <see cref="CallExtras.IvrPath"/>; who plays the menus writes it.</summary>
    public string? IvrPath { get; set; }

    /// <summary>What is over of the call and stays in its record; null while there is nothing.</summary>
    public CallPast? Past => _past;

    public bool IsAnswered => Model.IsAnswered;

    public Moment Now => Environment.Now;

    public CallOptions Options => Environment.Options;

    /// <summary>
    /// The number of the extension whose phone has answered, or came from another call: it need not be the one that was called. Empty while nobody is there, and for who is outside.
    /// </summary>
    public string Answerer => Callee switch
    {
        null or { IsOver: true } or { Trunk: not null } => "",
        OutboundLeg phone => phone.Contact.Number,
        { } leg => leg.Number,
    };

    /// <summary>The other leg of an answered call.</summary>
    public Leg Other(Leg leg) => leg == Caller ? Callee! : Caller;

    /// <summary>Says which extensions ring, or talk, besides caller and dialled number: they are in a call, and their lamps show it.</summary>
    public void SetRinging(IReadOnlyList<string>? numbers)
    {
        var before = Others;
        if (before is null && numbers is null)
            return;

        Others = numbers;
        Environment.Calls.SetOthers(this, before ?? [], numbers ?? []);
        foreach (var number in (before ?? []).Union(numbers ?? []))
            Environment.NumberChanged(Model.Tenant, number);
    }

    public void AddFork(OutboundLeg leg) => _forks.Add(leg);

    /// <summary>Lets go of all legs that were dialled: none of them is wanted, and others may be dialled.</summary>
    public void DropForks(in CallEnding ending)
    {
        foreach (var fork in _forks)
        {
            Release(fork, ending);
            CallAttempts.Keep(this, fork, _past ??= new CallPast());
        }

        _forks.Clear();
    }

    /// <summary>Wakes whoever reads the signals of a call that is over.</summary>
    public void WakeReader() => _signals.TryPost(new CallSignal(CallSignalKind.HangUp));

    /// <summary>Notes a way that the exchange did not let the call go.</summary>
    public void AddRefusedWay(CallAttempt way) => (_past ??= new CallPast()).Add(way);

    /// <summary>What happened next. The reader owns one reference of the message.</summary>
    public ValueTask<CallSignal> NextAsync() => _signals.NextAsync();

    /// <summary>It is there by a place that only calls for help have (<see cref="CallTable.TryReserveForHelp"/>). Set before it is entered.</summary>
    public bool HasPlaceForHelp { get; set; }

    /// <summary>Tells the story something.</summary>
    public void Post(in CallSignal signal)
    {
        if (IsOver)
            return;

        signal.Message?.Retain();
        _signals.TryPost(signal);
        if (signal.Kind is CallSignalKind.Cancelled or CallSignalKind.LegLost or CallSignalKind.TimeUp or CallSignalKind.HangUp)
            Origin.StopWaiting();
    }

    /// <summary>Tells the story of what a phone can do any number of times: a provisional response, a key. It is dropped when too much waits already.</summary>
    public void PostProvisional(in CallSignal signal)
    {
        if (_signals.Count > 0 && _signals.Count >= Options.MaxPendingSignals)
            Environment.Counters.CountSignalRefused();
        else
            Post(signal);
    }

    /// <summary>Tells the story of a request; false when too much waits already, so that the request must be refused.</summary>
    public bool TryPostRequest(in CallSignal signal)
    {
        if (_signals.Count >= Options.MaxPendingSignals)
        {
            Environment.Counters.CountSignalRefused();
            return false;
        }

        signal.Message?.Retain();
        return _signals.TryPost(signal);
    }

    /// <summary>Asks for the end of the call. On the call's shard only.</summary>
    public void HangUp(EndReason reason) => Post(new CallSignal(CallSignalKind.HangUp, Reason: reason));

    /// <summary>Sets the one deadline of the call: <see cref="CallSignalKind.TimeUp"/> comes after <paramref name="span"/>; zero or less clears it.</summary>
    public void SetDeadline(TimeSpan span)
    {
        if (span > TimeSpan.Zero)
            Environment.Wheel.Schedule(_deadline, Now + span);
        else
            Environment.Wheel.Cancel(_deadline);
    }

    /// <summary>
    /// A plan may have come into force: tells the world when it puts a side on hold or takes it back (RFC 3264 §8.4), and decides about the recording
    /// of a call that is answered, once.
    /// </summary>
    public void UpdateMedia()
    {
        if (IsOver || Model.Media is not { } media)
            return;

        Model.Hold(CallSide.Caller, media.HoldsOther(CallSide.Caller), Now);
        Model.Hold(CallSide.Callee, media.HoldsOther(CallSide.Callee), Now);
        if (!_mayBeRecorded || !IsAnswered || !media.Sound.CanRecord)
            return;

        // What the world does not see as a call is not recorded either: its other half is.
        _mayBeRecorded = !Model.IsHidden && !Recording.TryBegin();
    }

    /// <summary>Who talked to the exchange until now talks to somebody: what is recorded is their affair from now on.</summary>
    /// <param name="queue">The queue that brought them together; empty for none.</param>
    public void Connected(string queue)
    {
        if (!Model.IsHidden)
            Recording.Connected(queue, isDecided: !_mayBeRecorded);
        UpdateMedia();
    }

    /// <summary>Waits on the shard's clock; false when the call ended meanwhile.</summary>
    public async ValueTask<bool> PauseAsync(TimeSpan span)
    {
        if (IsOver)
            return false;

        var pause = new Pause(Environment.Wheel);
        _pauses.Add(pause);
        var completed = await pause.UntilAsync(Now + span);
        _pauses.Remove(pause);
        return completed && !IsOver;
    }

    /// <summary>Starts a side story, for example the relay of one INFO. What it throws ends the call, not the shard.</summary>
    public async void Start(Func<Task> story)
    {
        try
        {
            await story();
        }
        catch (Exception e)
        {
            Fault(e);
        }
    }

    /// <summary>Counts an exception of call code and ends the call with <see cref="EndReason.ServerError"/>.</summary>
    public void Fault(Exception e)
    {
        Environment.Counters.CountFault();
        Environment.Faulted?.Invoke(Model.Id, e);
        End(CallEnding.For(EndReason.ServerError, CallSide.Exchange, IsAnswered));
    }

    /// <summary>
    /// Ends the call, once: the legs that are still there are released with the verdict, the media stops, the record is written.
    /// The legs finish their BYE or CANCEL by themselves.
    /// </summary>
    public void End(CallEnding ending)
    {
        if (IsOver)
            return;

        IsOver = true;
        SetDeadline(TimeSpan.Zero);
        Model.Terminate(Now);
        Transfer?.OnCallEnded();
        Release(Caller, ending);
        foreach (var fork in _forks)
            Release(fork, ending);
        Release(Callee, ending);
        for (var i = _pauses.Count - 1; i >= 0; i--)
            _pauses[i].Break();

        Control?.OnCallEnded();
        SetRinging(null);
        Environment.Calls.Remove(this);
        Model.End(ending.Verdict, Now, CallAttempts.Gather(this));
        Ended?.Invoke(ending);
    }

    // A leg that fails to say good-bye must not keep the others from it, nor the call from its record.
    private void Release(Leg? leg, in CallEnding ending)
    {
        // A leg that has gone to another call is that one's affair.
        if (leg is null || leg.Call != this)
            return;

        try
        {
            leg.Release(ending);
        }
        catch (Exception e)
        {
            Environment.Counters.CountFault();
            Environment.Faulted?.Invoke(Model.Id, e);
        }
    }
}
