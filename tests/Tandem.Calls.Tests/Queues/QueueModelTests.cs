using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

/// <summary>Whatever happens in whatever order, from a seed, these hold.</summary>
public class QueueModelTests
{
    private static readonly string[] Numbers = ["101", "102", "103", "104", "105"];

    [Theory]
    [InlineData(QueueStrategy.RingAll)]
    [InlineData(QueueStrategy.LongestIdle)]
    [InlineData(QueueStrategy.RoundRobin)]
    [InlineData(QueueStrategy.FewestCalls)]
    [InlineData(QueueStrategy.Skill)]
    public void Nobody_has_two_callers_nobody_is_lost_and_no_free_agent_sits_while_somebody_waits(QueueStrategy strategy)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            try
            {
                Run(strategy, seed);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
        }
    }

    private static void Run(QueueStrategy strategy, int seed)
    {
        var random = new Random(seed);
        var settings = new QueueSettings { Name = "sales", Strategy = strategy, MaxWaiting = 8, JoinWithoutAgents = true };
        var bench = new QueueBench(settings, [.. Numbers.Take(4).Select((number, i) => new QueueMember(number, Skill: i, Tier: 1 + (i % 2)))]);
        bench.Engine.Configure(settings with { Name = "vip", Weight = 5 }, [.. Numbers.Skip(2).Select(number => new QueueMember(number))], bench.Now);
        var offered = new Dictionary<TicketId, HashSet<string>>();
        var talking = new Dictionary<TicketId, string>();
        var waiting = new HashSet<TicketId>();
        for (var step = 0; step < 300; step++)
        {
            bench.Wait(random.Next(0, 15));
            switch (random.Next(9))
            {
                case 0 or 1:
                    if (bench.TryJoin(out var ticket, random.Next(3), random.Next(2) == 0 ? "sales" : "vip") == JoinOutcome.Joined)
                        waiting.Add(ticket);
                    break;
                case 2 when offered.Count > 0:
                    var (asked, agents) = Pick(offered);
                    var who = agents.ElementAt(random.Next(agents.Count));
                    Assert.True(bench.Engine.Answer(asked, who, bench.Now));
                    offered.Remove(asked);
                    waiting.Remove(asked);
                    talking.Add(asked, who);
                    break;
                case 3 when offered.Count > 0:
                    var (rung, ringing) = Pick(offered);
                    var lazy = ringing.ElementAt(random.Next(ringing.Count));
                    Assert.True(bench.Engine.Report(rung, lazy, (RingResult)random.Next(4), bench.Now));
                    if (ringing.Remove(lazy) && ringing.Count == 0)
                        offered.Remove(rung);
                    break;
                case 4 when talking.Count > 0:
                    var done = Pick(talking).Key;
                    bench.Engine.Hangup(done, bench.Now);
                    talking.Remove(done);
                    break;
                case 5 when waiting.Count > 0:
                    var gone = waiting.ElementAt(random.Next(waiting.Count));
                    Assert.True(bench.Engine.Leave(gone, random.Next(2) == 0 ? LeaveReason.Abandoned : LeaveReason.Overflow, bench.Now));
                    waiting.Remove(gone);
                    offered.Remove(gone);
                    break;
                case 6:
                    if (!bench.Engine.LogIn(Any(), bench.Now))
                        bench.Engine.LogOut(Any(), bench.Now);
                    break;
                case 7:
                    if (!bench.Engine.Pause(Any(), "x", bench.Now) || random.Next(2) == 0)
                        bench.Engine.Resume(Any(), bench.Now);
                    break;
                default:
                    if (!bench.Away.Remove(Numbers[random.Next(Numbers.Length)]))
                        bench.Away.Add(Any());
                    break;
            }

            foreach (var offer in bench.Dispatch())
            {
                Assert.True(offered.TryAdd(offer.Ticket, [.. offer.Agents]), "offered twice");
                Assert.Contains(offer.Ticket, waiting);
                Assert.DoesNotContain(offer.Agents, bench.Away.Contains);
            }

            Check(bench, offered, talking, waiting);
        }

        string Any() => Numbers[random.Next(Numbers.Length)];
        KeyValuePair<TicketId, T> Pick<T>(Dictionary<TicketId, T> of) => of.ElementAt(random.Next(of.Count));
    }

    private static void Check(QueueBench bench, Dictionary<TicketId, HashSet<string>> offered, Dictionary<TicketId, string> talking, HashSet<TicketId> waiting)
    {
        var engine = bench.Engine;
        Assert.Equal(waiting.Count + talking.Count, engine.Tickets);
        var places = new[] { "sales", "vip" }.SelectMany(queue => engine.Waiting(queue, bench.Now)).ToList();
        Assert.Equal(waiting.Order(TicketOrder), places.Select(place => place.Ticket).Order(TicketOrder));

        // Each agent has one call at most, and it is the one that we know of.
        var busy = offered.SelectMany(offer => offer.Value).Concat(talking.Values).ToList();
        Assert.Equal(busy.Count, busy.Distinct().Count());
        foreach (var agent in engine.Agents(bench.Now))
            Assert.Equal(busy.Contains(agent.Number), agent.State is AgentState.Ringing or AgentState.Talking);

        // What is told of the time that is left never grows less from place to place.
        foreach (var queue in new[] { "sales", "vip" })
        {
            var figures = engine.FiguresOf(queue, bench.Now)!;
            Assert.Equal(engine.Waiting(queue, bench.Now).Count, figures.Waiting);
            var estimates = engine.Waiting(queue, bench.Now).Select(waiter => engine.PlaceOf(waiter.Ticket, bench.Now)!.Value.Estimate).ToList();
            Assert.Equal(estimates.Order(), estimates);
            var free = engine.Agents(bench.Now, queue).Where(agent => agent.State == AgentState.Free && !bench.Away.Contains(agent.Number));
            Assert.True(!free.Any() || engine.Waiting(queue, bench.Now).All(waiter => waiter.Agents.Count > 0), "a free agent and a caller whom nobody is rung for");
        }
    }

    private static readonly Comparer<TicketId> TicketOrder = Comparer<TicketId>.Create((a, b) => a.Value.CompareTo(b.Value));
}
