using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

/// <summary>Who waits: in which order, how long, until when; and what is told of them.</summary>
public class QueueEngineTests
{
    private static readonly QueueSettings Sales = new() { Name = "sales" };

    [Fact]
    public void Priority_goes_first_and_among_equals_who_came_first()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var plain = bench.Join();
        var urgent = bench.Join(priority: 5);
        var later = bench.Join(priority: 5);

        Assert.Equal([1, 2, 3], [Position(urgent), Position(later), Position(plain)]);
        Assert.Equal(urgent, Assert.Single(bench.Dispatch()).Ticket);

        int Position(TicketId ticket) => bench.Engine.PlaceOf(ticket, bench.Now)!.Value.Position;
    }

    [Fact]
    public void The_heavier_queue_has_a_shared_agent_first_and_no_queue_waits_for_one_whose_agents_are_busy()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        bench.Engine.Configure(new QueueSettings { Name = "vip", Weight = 10, JoinWithoutAgents = true }, [new("101"), new("102")], bench.Now);
        bench.Join();
        var vip = bench.Join(queue: "vip");
        Assert.Equal(vip, Assert.Single(bench.Dispatch()).Ticket);

        // 101 rings for vip and 102 is not logged in: vip's next one holds nobody up.
        bench.Join(queue: "vip");
        bench.Engine.Configure(Sales, [new("101"), new("103")], bench.Now);
        bench.Engine.LogIn("103", bench.Now);
        var offer = Assert.Single(bench.Dispatch());
        Assert.Equal(("sales", "103"), (offer.Queue, Assert.Single(offer.Agents)));
    }

    [Fact]
    public void A_full_queue_and_one_without_agents_take_nobody()
    {
        var bench = new QueueBench(Sales with { MaxWaiting = 2 }, new QueueMember("101"));
        bench.Join();
        bench.Join();
        Assert.Equal(JoinOutcome.Full, bench.TryJoin(out _));
        bench.Engine.LogOut("101", bench.Now);
        bench.Engine.Configure(Sales with { Name = "other" }, [new("101")], bench.Now);
        Assert.Equal(JoinOutcome.NoAgents, bench.TryJoin(out _, queue: "other"));
        Assert.Equal(JoinOutcome.Unknown, bench.TryJoin(out _, queue: "nowhere"));
        Assert.Equal(JoinOutcome.Full, bench.TryJoin(out _, queue: "SALES"));
    }

    [Fact]
    public void A_paused_agent_is_an_agent_callers_may_wait()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        bench.Engine.Pause("101", "", bench.Now);

        Assert.Equal(JoinOutcome.Joined, bench.TryJoin(out var ticket));
        Assert.Null(bench.Engine.PlaceOf(ticket, bench.Now)!.Value.Estimate);
    }

    [Fact]
    public void The_estimate_is_what_calls_last_by_place_over_who_works()
    {
        var bench = new QueueBench(Sales with { AssumedCall = TimeSpan.FromSeconds(110) }, new("101"), new("102"));
        bench.Away.UnionWith(["101", "102"]);
        var first = bench.Join();
        var third = bench.Join();
        third = bench.Join();
        Assert.Equal(TimeSpan.FromSeconds(60), bench.Engine.PlaceOf(first, bench.Now)!.Value.Estimate);
        Assert.Equal(TimeSpan.FromSeconds(180), bench.Engine.PlaceOf(third, bench.Now)!.Value.Estimate);

        bench.Away.Clear();
        Assert.Equal(2, bench.Dispatch().Count);
        bench.Engine.Answer(first, "101", bench.Now);
        bench.Wait(30);
        bench.Engine.Hangup(first, bench.Now);

        // The average of the one call, 30 s, and 10 s of wrap-up; the third is the second now.
        Assert.Equal(TimeSpan.FromSeconds(40), bench.Engine.PlaceOf(third, bench.Now)!.Value.Estimate);
    }

    [Fact]
    public void A_callback_keeps_its_place_and_comes_in_its_turn()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        bench.Away.Add("101");
        var first = bench.Join();
        bench.Join();
        Assert.True(bench.Engine.CallBack(first, "+441", bench.Now));
        bench.Away.Clear();
        bench.Wait(5);

        var offer = Assert.Single(bench.Dispatch());
        Assert.Equal((first, true), (offer.Ticket, offer.IsCallback));
        Assert.Equal(1, bench.Engine.FiguresOf("sales", bench.Now)!.Callbacks);
        Assert.Equal(0, bench.Engine.FiguresOf("sales", bench.Now)!.Abandoned);
    }

    [Fact]
    public void A_callback_whose_time_runs_out_while_an_agent_rings_is_left_alone_until_that_is_over()
    {
        var bench = new QueueBench(Sales with { CallbackExpiry = TimeSpan.FromSeconds(30) }, new QueueMember("101"));
        bench.Away.Add("101");
        var ticket = bench.Join();
        Assert.True(bench.Engine.CallBack(ticket, "+441", bench.Now));
        Assert.Equal(bench.Now + TimeSpan.FromSeconds(5), bench.Engine.NextReady(bench.Now));
        bench.Away.Clear();
        bench.Wait(25);
        Assert.Single(bench.Dispatch());
        bench.Wait(10);
        Assert.Empty(bench.Dispatch());
        Assert.True(bench.Engine.NextReady(bench.Now) > bench.Now); // nothing is due, so nobody looks again and again
        bench.Engine.NoAgent(ticket, RingResult.NoAnswer, bench.Now);
        Assert.Empty(bench.Dispatch());
        Assert.Null(bench.Engine.CallbackOf(ticket, bench.Now));
    }

    [Fact]
    public void Who_hangs_up_while_it_rings_frees_the_agent_without_penalty()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        Assert.True(bench.Engine.Leave(ticket, LeaveReason.Abandoned, bench.Now));
        Assert.False(bench.Engine.Leave(ticket, LeaveReason.Abandoned, bench.Now));
        Assert.False(bench.Engine.Answer(ticket, "101", bench.Now));

        Assert.Equal(AgentState.Free, bench.StateOf("101"));
        Assert.Equal(0, bench.Engine.Tickets);
        bench.Join();
        Assert.Equal(["101"], bench.Rung());
    }

    [Fact]
    public void Figures_say_what_came_of_the_callers_of_the_last_hour()
    {
        var bench = new QueueBench(Sales with { WrapUp = TimeSpan.Zero }, new QueueMember("101"));
        bench.Serve(talk: 20);
        bench.Away.Add("101");
        var slow = bench.Join();
        bench.Wait(30);
        bench.Away.Clear();
        bench.Rung();
        bench.Engine.Answer(slow, "101", bench.Now);
        var gone = bench.Join();
        bench.Wait(10);
        bench.Engine.Leave(gone, LeaveReason.Abandoned, bench.Now);
        bench.Engine.Hangup(slow, bench.Now);
        var waiting = bench.Join();
        bench.Wait(7);

        var figures = bench.Engine.FiguresOf("sales", bench.Now)!;
        Assert.Equal((4, 2, 1, 1), (figures.Joined, figures.Answered, figures.Abandoned, figures.InTime));
        Assert.Equal(1 / 3.0, figures.ServiceLevel!.Value, 6);
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15)), (figures.AverageWait, figures.AverageCall));
        Assert.Equal((1, TimeSpan.FromSeconds(7)), (figures.Waiting, figures.Longest));
        Assert.Equal(waiting, bench.Engine.Waiting("sales", bench.Now)[0].Ticket);

        bench.Wait(3_600);
        figures = bench.Engine.FiguresOf("sales", bench.Now)!;
        Assert.Equal((0, 0, 0, null), (figures.Joined, figures.Answered, figures.Abandoned, figures.ServiceLevel));
    }

    [Fact]
    public void Each_step_of_a_call_is_told_once_and_in_order()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Wait(3);
        bench.Engine.Answer(ticket, "101", bench.Now);
        bench.Wait(9);
        bench.Engine.Hangup(ticket, bench.Now);

        var notices = bench.Engine.TakeNotices();
        Assert.Equal(
            [CallerStep.Joined, CallerStep.Offered, CallerStep.Answered, CallerStep.Ended], notices.OfType<QueueNotice.Caller>().Select(notice => notice.Kind));
        Assert.Equal([AgentState.Ringing, AgentState.Talking, AgentState.WrapUp], notices.OfType<QueueNotice.Agent>().Select(notice => notice.Snapshot.State));
        Assert.All(notices.OfType<QueueNotice.Caller>().Skip(2), notice => Assert.Equal(TimeSpan.FromSeconds(3), notice.Waited));
        Assert.Empty(bench.Engine.TakeNotices());
    }

    [Fact]
    public void A_queue_that_is_removed_sends_its_callers_away_and_leaves_its_agents_their_calls()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var talking = bench.Join();
        bench.Rung();
        bench.Engine.Answer(talking, "101", bench.Now);
        var waiting = bench.Join();
        bench.Engine.TakeNotices();
        Assert.True(bench.Engine.Remove("sales", bench.Now));

        Assert.Equal((waiting, LeaveReason.Closed), bench.Engine.TakeNotices().OfType<QueueNotice.Caller>().Select(n => (n.Ticket, n.Reason!.Value)).Single());
        Assert.Equal(AgentState.Talking, bench.StateOf("101"));
        bench.Engine.Hangup(talking, bench.Now);
        Assert.False(bench.Engine.IsAgent("101"));
        Assert.Equal(0, bench.Engine.Tickets);
    }
}
