using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

/// <summary>Which agents ring, and what becomes of them.</summary>
public class QueueAgentTests
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

    /// <summary>Of twelve agents ten ring; when nobody answers, the two others are among the next.</summary>
    [Fact]
    public void Where_all_ring_no_more_ring_than_may_and_the_others_are_next()
    {
        var bench = new QueueBench(
            Sales with { Strategy = QueueStrategy.RingAll, MissesBeforePause = 0 }, [.. Enumerable.Range(101, 12).Select(number => new QueueMember($"{number}"))]);
        var ticket = bench.Join();
        var first = bench.Rung();
        Assert.Equal(10, first.Length);
        foreach (var agent in first)
            bench.Engine.Report(ticket, agent, RingResult.NoAnswer, bench.Now);
        bench.Wait(60);

        var second = bench.Rung();
        Assert.Equal(10, second.Length);
        Assert.Empty(Enumerable.Range(101, 12).Select(number => $"{number}").Except(first).Except(second));
    }

    /// <summary>Who is taken out of his last queue is logged out, and told so: after a restart he is not logged in where he never logged in.</summary>
    [Fact]
    public void Who_is_in_no_queue_any_more_is_logged_out()
    {
        var bench = new QueueBench(Sales, new QueueMember("101"), new QueueMember("102"));
        bench.Engine.Configure(bench.Settings, [new QueueMember("102")], bench.Now);
        var notice = Assert.Single(bench.Engine.TakeNotices().OfType<QueueNotice.Agent>());
        Assert.Equal(("101", null), (notice.Snapshot.Number, notice.Snapshot.Login));

        bench.Engine.Configure(bench.Settings, [new QueueMember("101"), new QueueMember("102")], bench.Now);
        Assert.Equal(AgentState.LoggedOut, bench.StateOf("101"));
        Assert.Equal(AgentState.Free, bench.StateOf("102"));
    }
}
