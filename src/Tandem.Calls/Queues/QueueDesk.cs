using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>
/// The queues of this node, shared by its shards and the API: one lock around the engines of all tenants, held for no I/O and while nobody is called. What an engine wants
/// told goes out after the lock, in its order. Thread-safe.
/// </summary>
public sealed partial class QueueDesk(QueueOptions? options = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Hall> _halls = [];
    private readonly Queue<Action> _outbox = new();
    private volatile bool _hasQueues;
    private bool _isTelling;
    private Moment _due = Moment.Never;
    private Moment _now = Moment.Zero;

    /// <summary>The limits that hold for all queues.</summary>
    public QueueOptions Options { get; } = options ?? new QueueOptions();

    /// <summary>Whether an extension has a phone and is in no call. On any thread, under the lock.</summary>
    public Func<TenantId, string, bool> IsAvailable { get; set; } = static (_, _) => false;

    /// <summary>Takes the events. It must not block.</summary>
    public Action<ExchangeEvent> Tell { get; set; } = static _ => { };

    /// <summary>What the wall shows at a moment.</summary>
    public Func<Moment, DateTimeOffset> WallClock { get; set; } = static moment => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(moment.Ticks);

    /// <summary>Has <see cref="Tick"/> called at a moment, <see cref="Moment.Zero"/> for soon; an earlier wish is replaced by a later call for an earlier moment.</summary>
    public Action<Moment> Schedule { get; set; } = static _ => { };

    /// <summary>Somebody who hung up is to be called now, and these agents before him. What becomes of each is told to the desk. On any thread.</summary>
    public Action<TenantId, QueueOffer>? CallBack { get; set; }

    /// <summary>How an agent is logged in has changed; null when he is not any more. On any thread, must not block.</summary>
    public Action<TenantId, string, AgentLogin?>? LoginChanged { get; set; }

    /// <summary>Takes a caller in. His <paramref name="wake"/> is called, on any thread, when there is something new for him.</summary>
    public JoinOutcome Join(TenantId tenant, QueueEntry entry, Action wake, Moment now, out QueueSeat? seat)
    {
        QueueSeat? taken = null;
        var outcome = JoinOutcome.Unknown;
        Do(tenant, now, (hall, at) =>
        {
            outcome = hall.Engine.Join(entry, at, out var ticket);
            if (outcome == JoinOutcome.Joined)
                hall.Seats.Add(ticket, taken = new QueueSeat(tenant, hall.Engine.SettingsOf(entry.Queue)!.Name, ticket, wake));
            hall.Dirty.Add(entry.Queue);
        });
        seat = taken;
        return outcome;
    }

    /// <summary>An agent answered. False when the caller is gone or another one was faster: his phone is to be released.</summary>
    public bool Answer(TenantId tenant, TicketId ticket, string agent, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Answer(ticket, agent, at));

    /// <summary>What came of ringing an agent.</summary>
    public bool Report(TenantId tenant, TicketId ticket, string agent, RingResult result, Moment now) =>
        Do(tenant, now, (hall, at) => hall.Engine.Report(ticket, agent, result, at));

    /// <summary>The caller waits no longer.</summary>
    public bool Leave(TenantId tenant, TicketId ticket, LeaveReason reason, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Leave(ticket, reason, at));

    /// <summary>The call with the agent is over; nothing when he had none.</summary>
    public void Hangup(TenantId tenant, TicketId ticket, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Hangup(ticket, at));

    /// <summary>Where a caller stands; null when he does not wait.</summary>
    public QueuePlace? PlaceOf(TenantId tenant, TicketId ticket, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.PlaceOf(ticket, Later(now));
    }

    /// <summary>Time has passed: agents whose wrap-up is over get their callers, and figures that waited are told.</summary>
    public void Tick(Moment now)
    {
        lock (_lock)
        {
            var at = Later(now);
            _due = Moment.Never;
            foreach (var hall in _halls.Values)
                Work(hall, at);
            AskForTick(at);
        }

        Empty();
    }

    /// <summary>Hears what may set an agent free, or give him a phone: a call that ended, a registration. On any thread.</summary>
    public void Heard(ExchangeEvent heard)
    {
        if (!_hasQueues)
            return;

        var (first, second) = heard switch
        {
            CallEnded ended => (ended.Call.CallerNumber, ended.Call.CalleeNumber),
            RegistrationEvent { Change: RegistrationChange.Registered } registered => (registered.Binding.Number, ""),
            _ => ("", ""),
        };
        if (first.Length > 0 || second.Length > 0)
            Heard(heard.Tenant, first, second);
    }

    /// <summary>A number takes part in a call, or does no longer. On any thread.</summary>
    public void Heard(TenantId tenant, string number, string other = "")
    {
        if (!_hasQueues)
            return;

        lock (_lock)
        {
            if (!_halls.TryGetValue(tenant, out var hall) || (!hall.Engine.IsAgent(number) && !hall.Engine.IsAgent(other)) || _due == Moment.Zero)
                return;

            // The event is told before the call leaves the tables: a turn later it has.
            _due = Moment.Zero;
        }

        Schedule(Moment.Zero);
    }

    private bool Do(TenantId tenant, Moment now, Func<Hall, Moment, bool> work)
    {
        bool done;
        lock (_lock)
        {
            if (!_halls.TryGetValue(tenant, out var hall))
                return false;

            var at = Later(now);
            done = work(hall, at);
            Work(hall, at);
            AskForTick(at);
        }

        Empty();
        return done;
    }

    private void Do(TenantId tenant, Moment now, Action<Hall, Moment> work) => Do(tenant, now, (hall, at) =>
    {
        work(hall, at);
        return true;
    });

    // Threads read the clock before they have the lock.
    private Moment Later(Moment now) => _now = now > _now ? now : _now;

    // After whatever happened: agents to callers, what is to be told, and figures. Under the lock.
    private void Work(Hall hall, Moment now)
    {
        foreach (var offer in hall.Engine.Dispatch(now, number => IsAvailable(hall.Tenant, number)))
        {
            if (hall.Seats.TryGetValue(offer.Ticket, out var seat) && !offer.IsCallback)
            {
                seat.Give(offer);
                _outbox.Enqueue(seat.Wake);
            }
            else if (CallBack is { } callBack && offer.IsCallback)
            {
                _outbox.Enqueue(() => callBack(hall.Tenant, offer));
            }
            else
            {
                hall.Engine.Leave(offer.Ticket, LeaveReason.Closed, now);
            }
        }

        foreach (var notice in hall.Engine.TakeNotices())
            Note(hall, notice);
        TellFigures(hall, now);
    }

    private void Note(Hall hall, QueueNotice notice)
    {
        var at = WallClock(notice.At);
        switch (notice)
        {
            case QueueNotice.Caller caller:
                hall.Dirty.Add(caller.Queue);
                StoreCallback(hall, caller);
                if (caller.Kind is CallerStep.Left or CallerStep.Ended or CallerStep.Answered
                    && hall.Seats.Remove(caller.Ticket, out var seat) && caller.Reason == LeaveReason.Closed)
                {
                    seat.Close();
                    _outbox.Enqueue(seat.Wake);
                }

                _outbox.Enqueue(() => Tell(new QueueCallerEvent(hall.Tenant, caller, at)));
                break;
            case QueueNotice.Agent agent:
                foreach (var queue in agent.Snapshot.Queues)
                    hall.Dirty.Add(queue);
                _outbox.Enqueue(() => Tell(new QueueAgentEvent(hall.Tenant, agent.Snapshot, at)));
                var number = agent.Snapshot.Number;
                var login = agent.Snapshot.Login;
                if (hall.Logins.GetValueOrDefault(number) != login)
                {
                    hall.Logins[number] = login;
                    _outbox.Enqueue(() => LoginChanged?.Invoke(hall.Tenant, number, login));
                }

                break;
            default:
                break;
        }
    }

    private void TellFigures(Hall hall, Moment now)
    {
        if (hall.Dirty.Count == 0 || now < hall.FiguresAt)
            return;

        hall.FiguresAt = now + Options.FigureGap;
        foreach (var queue in hall.Dirty)
        {
            if (hall.Engine.FiguresOf(queue, now) is not { } figures)
                continue;

            var at = WallClock(now);
            _outbox.Enqueue(() => Tell(new QueueFiguresEvent(hall.Tenant, figures, at)));
        }

        hall.Dirty.Clear();
    }

    private void AskForTick(Moment now)
    {
        var due = Moment.Never;
        foreach (var hall in _halls.Values)
        {
            due = Moment.Earlier(due, hall.Engine.NextReady(now));
            if (hall.Dirty.Count > 0)
                due = Moment.Earlier(due, hall.FiguresAt);
        }

        if (due >= _due)
            return;

        _due = due;
        _outbox.Enqueue(() => Schedule(due));
    }

    // One thread at a time tells, so that the order is kept; who comes meanwhile leaves his to it.
    private void Empty()
    {
        while (true)
        {
            Action next;
            lock (_lock)
            {
                if (_isTelling || !_outbox.TryDequeue(out next!))
                    return;

                _isTelling = true;
            }

            try
            {
                next();
            }
            finally
            {
                lock (_lock)
                    _isTelling = false;
            }
        }
    }

    /// <summary>What one tenant has. Under the lock.</summary>
    private sealed class Hall(TenantId tenant, QueueOptions options)
    {
        public TenantId Tenant => tenant;

        public QueueEngine Engine { get; } = new(options);

        public Dictionary<TicketId, QueueSeat> Seats { get; } = [];

        public Dictionary<string, AgentLogin?> Logins { get; } = new(StringComparer.Ordinal);

        /// <summary>Queues whose figures have changed since they were told.</summary>
        public HashSet<string> Dirty { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Moment FiguresAt { get; set; }
    }
}
