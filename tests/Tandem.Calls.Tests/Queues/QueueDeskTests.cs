using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

public class QueueDeskTests
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly QueueDesk _desk = new();
    private readonly List<ExchangeEvent> _told = [];
    private readonly List<Moment> _asked = [];
    private readonly HashSet<string> _away = [];
    private Moment _now = Moment.FromMilliseconds(1_000);

    public QueueDeskTests()
    {
        _desk.IsAvailable = (_, number) => !_away.Contains(number);
        _desk.Tell = _told.Add;
        _desk.Schedule = _asked.Add;
        _desk.Configure(new StoredQueue(Tenant, new QueueSettings { Name = "sales", Number = "700" }, [new("101"), new("102")]), _now);
        _desk.LogIn(Tenant, "101", _now);
        _now += TimeSpan.FromSeconds(2);
        Tick();
        _asked.Clear();
        _told.Clear();
    }

    [Fact]
    public void A_caller_is_woken_when_there_is_an_agent_for_him()
    {
        _away.Add("101");
        var (seat, woken) = Join();
        Assert.Null(seat.TakeOffer());

        _away.Clear();
        Tick();
        Assert.Equal(1, woken());
        Assert.Equal(["101"], seat.TakeOffer()!.Agents);
        Assert.Null(seat.TakeOffer());
    }

    [Fact]
    public void Whoever_comes_between_is_told_of_in_order_and_outside_of_the_lock()
    {
        // A sink that asks the desk itself, and changes it, waits for nobody.
        _desk.Tell = heard =>
        {
            _told.Add(heard);
            _desk.Figures(Tenant, "sales", _now);
            if (heard is QueueCallerEvent { Step.Kind: CallerStep.Joined } joined)
                _desk.Leave(Tenant, joined.Step.Ticket, LeaveReason.Abandoned, _now);
        };
        Join();

        Assert.Equal([CallerStep.Joined, CallerStep.Offered, CallerStep.Left], _told.OfType<QueueCallerEvent>().Select(caller => caller.Step.Kind));
    }

    [Fact]
    public void The_end_of_a_wrap_up_is_asked_for_and_gives_the_next_caller_his_agent()
    {
        var (seat, _) = Join();
        _desk.Answer(Tenant, seat.Ticket, "101", _now);
        _desk.Hangup(Tenant, seat.Ticket, _now);
        var ready = _now + TimeSpan.FromSeconds(10);
        var (next, woken) = Join();
        while (_asked[^1] < ready)
        {
            _now = _asked[^1];
            Tick();
        }

        Assert.Equal((0, ready), (woken(), _asked[^1]));

        _now = ready;
        Tick();
        Assert.Equal(1, woken());
        Assert.Equal(["101"], next.TakeOffer()!.Agents);
    }

    [Fact]
    public void A_call_that_ends_elsewhere_sets_an_agent_free_and_one_of_nobody_here_does_not_matter()
    {
        _away.Add("101");
        var (seat, _) = Join();
        Tick();
        _asked.Clear();
        _desk.Heard(Ended("300", "301"));
        Assert.Empty(_asked);

        _away.Clear();
        _desk.Heard(Ended("300", "101"));
        _desk.Heard(Ended("101", "300"));
        Assert.Equal([Moment.Zero], _asked);
        Tick();
        Assert.NotNull(seat.Offer);
    }

    [Fact]
    public void Figures_are_told_once_a_second_at_most_and_the_last_ones_always()
    {
        _now += TimeSpan.FromSeconds(2);
        for (var i = 0; i < 20; i++)
            Join();
        Assert.Single(_told.OfType<QueueFiguresEvent>());

        _now = _asked[^1];
        Tick();
        Assert.Equal([1, 20], _told.OfType<QueueFiguresEvent>().Select(figures => figures.Figures.Waiting));
    }

    [Fact]
    public void A_queue_that_is_removed_closes_the_seats_of_its_callers()
    {
        _away.Add("101");
        var (seat, woken) = Join();
        Assert.True(_desk.Remove(Tenant, "sales", _now));
        Assert.Equal((true, 1), (seat.IsClosed, woken()));
        Assert.False(_desk.Leave(Tenant, seat.Ticket, LeaveReason.Abandoned, _now));
    }

    [Fact]
    public void Who_hangs_up_for_a_callback_is_called_in_his_turn()
    {
        QueueOffer? due = null;
        _desk.CallBack = (_, offer) => due = offer;
        _away.Add("101");
        var (seat, woken) = Join();
        Assert.True(_desk.AskCallback(Tenant, seat.Ticket, "+442", _now));
        Assert.False(_desk.Leave(Tenant, seat.Ticket, LeaveReason.Abandoned, _now)); // the end of his call gives nothing up
        _away.Clear();
        _now += _desk.Options.FirstCallback;
        Tick();

        Assert.Equal((seat.Ticket, true, 0), (due!.Ticket, due.IsCallback, woken()));
        Assert.Equal(("+441", "+442"), (_desk.FindCallback(Tenant, seat.Ticket, _now)!.Entry.Number, _desk.FindCallback(Tenant, seat.Ticket, _now)!.Number));
    }

    [Fact]
    public void Logins_are_told_when_they_change_and_only_then()
    {
        var changes = new List<(string, AgentLogin?)>();
        _desk.LoginChanged = (_, agent, login) => changes.Add((agent, login));
        var (seat, _) = Join();
        _desk.Answer(Tenant, seat.Ticket, "101", _now);
        Assert.Empty(changes);
        _desk.Pause(Tenant, "101", "lunch", _now);
        _desk.Pause(Tenant, "101", "lunch", _now);
        _desk.LogOut(Tenant, "101", _now);

        Assert.Equal([("101", new AgentLogin("101", true, "lunch")), ("101", null)], changes);
    }

    [Fact]
    public void Tenants_do_not_see_each_other()
    {
        var other = new TenantId("other");
        Assert.Equal(JoinOutcome.Unknown, _desk.Join(other, new QueueEntry("sales", new CallId("x"), "1"), static () => { }, _now, out var seat));
        Assert.Null(seat);
        Assert.Null(_desk.Find(other, "sales"));
        Assert.False(_desk.LogIn(other, "101", _now));
        Assert.Empty(_desk.Agents(other, _now));
        Assert.Equal(("sales", null), (_desk.At(Tenant, "700"), _desk.At(other, "700")));
    }

    [Fact]
    public void Threads_whose_clocks_differ_do_not_turn_time_back()
    {
        _away.Add("101");
        var (seat, _) = Join();
        _desk.Tick(_now + TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), _desk.PlaceOf(Tenant, seat.Ticket, _now)!.Value.Waited);
    }

    private void Tick() => _desk.Tick(_now);

    private (QueueSeat Seat, Func<int> Woken) Join()
    {
        var woken = 0;
        Assert.Equal(JoinOutcome.Joined, _desk.Join(Tenant, new QueueEntry("sales", new CallId("call"), "+441"), () => woken++, _now, out var seat));
        return (seat!, () => woken);
    }

    private static CallEnded Ended(string caller, string callee) => new(
        new CallSnapshot
        {
            Id = new CallId("other"),
            Tenant = Tenant,
            TraceId = "",
            State = CallState.Terminated,
            CallerNumber = caller,
            CalleeNumber = callee,
            InitiatedAt = DateTimeOffset.UnixEpoch,
        },
        null!,
        DateTimeOffset.UnixEpoch);
}
