using Tandem.Calls.Calls;
using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Queues;

/// <summary>An engine with one queue, on a clock that the test moves.</summary>
internal sealed class QueueBench
{
    private int _calls;

    public QueueBench(QueueSettings? settings = null, params QueueMember[] members)
    {
        Settings = settings ?? new QueueSettings { Name = "sales" };
        Engine.Configure(Settings, members, Now);
        foreach (var member in members)
            Engine.LogIn(member.Number, Now);
        Engine.TakeNotices();
    }

    public QueueEngine Engine { get; } = new();

    public QueueSettings Settings { get; }

    public Moment Now { get; private set; } = Moment.FromMilliseconds(1_000);

    /// <summary>Extensions that have no phone, or are in other calls.</summary>
    public HashSet<string> Away { get; } = [];

    public void Wait(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    public TicketId Join(int priority = 0, string? queue = null)
    {
        Assert.Equal(JoinOutcome.Joined, TryJoin(out var ticket, priority, queue));
        return ticket;
    }

    public JoinOutcome TryJoin(out TicketId ticket, int priority = 0, string? queue = null) =>
        Engine.Join(new QueueEntry(queue ?? Settings.Name, new CallId($"call-{++_calls}"), $"+4420{_calls:0000}", priority), Now, out ticket);

    public IReadOnlyList<QueueOffer> Dispatch() => Engine.Dispatch(Now, number => !Away.Contains(number));

    /// <summary>The agents that are rung when nothing else happens; one offer.</summary>
    public string[] Rung() => [.. Assert.Single(Dispatch()).Agents];

    /// <summary>A whole call: join, ring, answer, talk, end and wrap-up.</summary>
    public string Serve(double talk = 10)
    {
        var ticket = Join();
        var agent = Assert.Single(Rung());
        Assert.True(Engine.Answer(ticket, agent, Now));
        Wait(talk);
        Engine.Hangup(ticket, Now);
        Wait(Settings.WrapUp.TotalSeconds);
        return agent;
    }

    public AgentState StateOf(string number) => Engine.FindAgent(number, Now)!.State;
}
