using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

public class QueueEngineTests
{
    private static readonly QueueSettings Sales = new() { Name = "sales" };

    [Theory]
    [InlineData(QueueStrategy.LongestIdle, "101,102,103,101")]
    [InlineData(QueueStrategy.RoundRobin, "101,102,103,101")]
    [InlineData(QueueStrategy.FewestCalls, "101,102,103,101")]
    [InlineData(QueueStrategy.Skill, "103,103,103,103")]
    public void Calls_go_round_by_strategy(QueueStrategy strategy, string order)
    {
        var bench = new QueueBench(Sales with { Strategy = strategy }, new("101", Skill: 10), new("102", Skill: 20), new("103", Skill: 30));

        Assert.Equal(order, string.Join(',', Enumerable.Range(0, 4).Select(_ => bench.Serve())));
    }

    [Fact]
    public void Longest_idle_counts_from_the_last_call_and_not_from_its_order()
    {
        var bench = new QueueBench(Sales, new("101"), new("102"));
        var first = bench.Join();
        var second = bench.Join();
        bench.Dispatch();
        bench.Engine.Answer(first, "101", bench.Now);
        bench.Engine.Answer(second, "102", bench.Now);
        bench.Engine.Hangup(second, bench.Now);
        bench.Wait(60);
        bench.Engine.Hangup(first, bench.Now);
        bench.Wait(60);

        Assert.Equal("102", bench.Serve());
    }

    [Fact]
    public void Taking_turns_goes_on_behind_who_was_rung_last_also_when_he_did_not_answer()
    {
        var bench = new QueueBench(Sales with { Strategy = QueueStrategy.RoundRobin, NoAnswerPenalty = TimeSpan.Zero }, new("101"), new("102"), new("103"));
        var ticket = bench.Join();
        var rung = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var agent = Assert.Single(bench.Rung());
            rung.Add(agent);
            bench.Engine.Report(ticket, agent, RingResult.NoAnswer, bench.Now);
        }

        Assert.Equal(["101", "102", "103", "101", "102"], rung);
    }

    [Fact]
    public void Fewest_calls_takes_who_came_later_until_he_has_as_many()
    {
        var bench = new QueueBench(Sales with { Strategy = QueueStrategy.FewestCalls }, new("101"), new("102"));
        bench.Engine.Pause("102", "", bench.Now);
        Assert.Equal(["101", "101"], [bench.Serve(), bench.Serve()]);
        bench.Engine.Resume("102", bench.Now);

        Assert.Equal(["102", "102"], [bench.Serve(), bench.Serve()]);
    }

    [Theory]
    [InlineData(QueueStrategy.RingAll)]
    [InlineData(QueueStrategy.LongestIdle)]
    [InlineData(QueueStrategy.RoundRobin)]
    [InlineData(QueueStrategy.FewestCalls)]
    [InlineData(QueueStrategy.Skill)]
    public void A_higher_tier_rings_only_when_nobody_of_a_lower_one_is_free(QueueStrategy strategy)
    {
        var bench = new QueueBench(Sales with { Strategy = strategy }, new("101", Skill: 90, Tier: 2), new("102", Skill: 1, Tier: 1));
        bench.Join();
        Assert.Equal(["102"], bench.Rung());
        bench.Join();
        Assert.Equal(["101"], bench.Rung());
    }

    [Fact]
    public void All_ring_and_the_first_who_answers_has_the_call()
    {
        var bench = new QueueBench(Sales with { Strategy = QueueStrategy.RingAll }, new("101"), new("102"), new("103"));
        var ticket = bench.Join();
        Assert.Equal(["101", "102", "103"], bench.Rung());

        Assert.True(bench.Engine.Answer(ticket, "102", bench.Now));
        Assert.False(bench.Engine.Answer(ticket, "101", bench.Now));
        Assert.Equal([AgentState.Free, AgentState.Talking, AgentState.Free], [bench.StateOf("101"), bench.StateOf("102"), bench.StateOf("103")]);
        Assert.Equal(0, bench.Engine.FindAgent("101", bench.Now)!.Missed);
    }

    [Fact]
    public void Where_all_ring_nobody_is_left_out_because_he_did_not_answer()
    {
        var bench = new QueueBench(Sales with { Strategy = QueueStrategy.RingAll, MissesBeforePause = 0 }, new("101"), new("102"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Engine.Report(ticket, "101", RingResult.NoAnswer, bench.Now);
        bench.Engine.Report(ticket, "102", RingResult.NoAnswer, bench.Now);

        Assert.Equal(["101", "102"], bench.Rung());
    }

    [Theory]
    [InlineData(RingResult.NoAnswer, 10)]
    [InlineData(RingResult.Rejected, 30)]
    [InlineData(RingResult.Unreachable, 30)]
    [InlineData(RingResult.Cancelled, 0)]
    public void Who_does_not_take_the_call_is_left_alone_for_the_penalty(RingResult result, double seconds)
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Engine.Report(ticket, "101", result, bench.Now);
        if (seconds > 0)
        {
            Assert.Empty(bench.Dispatch());
            Assert.Equal(bench.Now + TimeSpan.FromSeconds(seconds), bench.Engine.NextReady(bench.Now));
            bench.Wait(seconds - 0.001);
            Assert.Empty(bench.Dispatch());
            bench.Wait(0.001);
        }

        Assert.Equal(["101"], bench.Rung());
    }

    [Fact]
    public void A_phone_that_refuses_at_once_is_not_asked_again_at_once_whatever_the_penalty()
    {
        var bench = new QueueBench(Sales with { Strategy = QueueStrategy.RingAll, RejectPenalty = TimeSpan.Zero, MissesBeforePause = 0 }, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Engine.Report(ticket, "101", RingResult.Rejected, bench.Now);

        Assert.Empty(bench.Dispatch());
        bench.Wait(2);
        Assert.Equal(["101"], bench.Rung());
    }

    [Fact]
    public void Who_lets_three_in_a_row_ring_is_paused_and_an_answer_in_between_begins_anew()
    {
        var bench = new QueueBench(Sales with { NoAnswerPenalty = TimeSpan.Zero }, new QueueMember("101"));
        var ticket = bench.Join();
        Miss(2);
        bench.Rung();
        bench.Engine.Answer(ticket, "101", bench.Now);
        bench.Engine.Hangup(ticket, bench.Now);
        bench.Wait(10);
        ticket = bench.Join();
        Miss(2);
        Assert.Equal(AgentState.Free, bench.StateOf("101"));
        Miss(1);

        Assert.Equal(AgentState.Paused, bench.StateOf("101"));
        Assert.Equal(QueueEngine.MissedReason, bench.Engine.FindAgent("101", bench.Now)!.PauseReason);

        void Miss(int times)
        {
            for (var i = 0; i < times; i++)
            {
                bench.Rung();
                bench.Engine.Report(ticket, "101", RingResult.NoAnswer, bench.Now);
            }
        }
    }

    [Fact]
    public void After_a_call_the_wrap_up_is_waited_for_and_resume_ends_it()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Engine.Answer(ticket, "101", bench.Now);
        bench.Wait(5);
        bench.Engine.Hangup(ticket, bench.Now);
        bench.Join();
        Assert.Equal(AgentState.WrapUp, bench.StateOf("101"));
        Assert.Empty(bench.Dispatch());
        Assert.Equal(bench.Now + Sales.WrapUp, bench.Engine.NextReady(bench.Now));

        bench.Engine.Resume("101", bench.Now);
        Assert.Equal(["101"], bench.Rung());
    }

    [Fact]
    public void Nobody_is_rung_who_is_paused_logged_out_or_away()
    {
        var bench = new QueueBench(Sales, new("101"), new("102"), new("103"), new("104"));
        bench.Engine.Pause("101", "lunch", bench.Now);
        bench.Engine.LogOut("102", bench.Now);
        bench.Away.Add("103");
        bench.Join();

        Assert.Equal(["104"], bench.Rung());
        bench.Join();
        Assert.Empty(bench.Dispatch());
        Assert.Equal(("lunch", AgentState.Paused), (bench.Engine.FindAgent("101", bench.Now)!.PauseReason, bench.StateOf("101")));
        Assert.Equal(Moment.Never, bench.Engine.NextReady(bench.Now));
    }

    [Fact]
    public void Who_logs_out_keeps_the_call_that_he_has_and_gets_no_other()
    {
        var bench = new QueueBench(Sales with { JoinWithoutAgents = true }, new QueueMember("101"));
        var ticket = bench.Join();
        bench.Rung();
        bench.Engine.Answer(ticket, "101", bench.Now);
        Assert.True(bench.Engine.LogOut("101", bench.Now));
        Assert.Equal(AgentState.Talking, bench.StateOf("101"));
        bench.Engine.Hangup(ticket, bench.Now);
        bench.Join();

        Assert.Equal(AgentState.LoggedOut, bench.StateOf("101"));
        Assert.Empty(bench.Dispatch());
        Assert.False(bench.Engine.Pause("101", "", bench.Now));
    }

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
        Assert.True(bench.Engine.Leave(first, LeaveReason.Callback, bench.Now));
        bench.Away.Clear();

        var offer = Assert.Single(bench.Dispatch());
        Assert.Equal((first, true), (offer.Ticket, offer.IsCallback));
        Assert.Equal(1, bench.Engine.FiguresOf("sales", bench.Now)!.Callbacks);
        Assert.Equal(0, bench.Engine.FiguresOf("sales", bench.Now)!.Abandoned);
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

    [Fact]
    public void After_a_restart_agents_are_what_they_were()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"), new QueueMember("102"));
        var again = new QueueEngine();
        again.Configure(Sales, [new("101"), new("102")], bench.Now);
        again.Restore(new AgentLogin("101", IsPaused: true, "lunch"), bench.Now);
        again.Restore(new AgentLogin("999"), bench.Now);

        Assert.Equal((AgentState.Paused, "lunch"), (again.FindAgent("101", bench.Now)!.State, again.FindAgent("101", bench.Now)!.PauseReason));
        Assert.Equal(AgentState.LoggedOut, again.FindAgent("102", bench.Now)!.State);
        Assert.Null(again.FindAgent("999", bench.Now));
        Assert.Empty(again.TakeNotices());
    }
}
