using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A caller is taken out of a queue, a menu or a room over a network that loses, doubles and reorders, while an agent answers, he hangs up, another command wants him too, or the other
/// call ends. After each seed every table is empty, no phone thinks that it still talks, each command has had its outcome once, and each caller has left his queue once.
/// </summary>
public class Commands_cross_on_a_served_caller
{
    private const int Seeds = 60;

    [Theory]
    [InlineData("agent")]
    [InlineData("hang-up")]
    [InlineData("two commands")]
    [InlineData("bridge and agent")]
    [InlineData("two bridges")]
    [InlineData("parked and retrieved")]
    public void Whatever_comes_first_he_is_in_one_place(string race)
    {
        var outcomes = CommandOutcomes.Of(Seeds, seed => Play(race, seed));

        // Either may win: a race that always ends in one way is none.
        Assert.True(outcomes.Kinds > 1, outcomes.ToString());
    }

    private static List<CallCommandEnded> Play(string race, int seed)
    {
        var random = new Random(seed);
        var rig = new ExchangeRig(seed: seed, conditions: BadNetwork.Conditions(random));
        rig.Flows.Add("main", """{ "name": "Main", "start": "menu", "steps": { "menu": { "do": "menu", "prompt": "enter-extension", "tries": 2, "wait": 60, "keys": { "9": "bye" } }, "bye": { "do": "hangup" } } }""");
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "menu", Numbers = ["500"], Actions = [new ActionBody { To = "ivr:main" }] }] }.Normalized());
        rig.Exchange.Queues.Configure(new StoredQueue(TenantId.Default, new QueueSettings { Name = "sales", Number = "700", JoinWithoutAgents = true }, [new("101")]), rig.Network.Now);
        DeskPhone[] phones = [.. Enumerable.Range(0, 5).Select(i => rig.Desk($"10{i}", i + 1, seed))];
        var service = race.Contains("agent", StringComparison.Ordinal) ? "700" : random.Next(3) switch { 0 => "700", 1 => "500", _ => "*6800" };
        phones[0].Call(service);
        if (race is "bridge and agent" or "two bridges")
            phones[2].Call("103");
        if (race == "two bridges")
            phones[4].Call("*6800");
        var expected = race switch { "two bridges" => 3, "bridge and agent" => 2, _ => 1 };
        rig.Network.RunUntil(() => rig.Calls.Count == expected && rig.Calls.All(call => call.State == CallState.Established) && phones[0].Talking.Any(), TimeSpan.FromSeconds(40));

        var commands = new List<Task<CommandReply?>>();
        CallId? Of(string caller) => rig.Calls.FirstOrDefault(call => call.CallerNumber == caller)?.Id;
        void Command(CallCommand command, string caller = "100")
        {
            if (Of(caller) is { } call)
                commands.Add(rig.Exchange.CommandAsync(TenantId.Default, call, command));
        }

        void LogIn() => rig.Exchange.Queues.LogIn(TenantId.Default, "101", rig.Network.Now);
        CallCommand Bridge(string with, CallSide side) => Of(with) is { } other ? new BridgeCommand(CallSide.Caller, other, side) : new HangUpCommand();

        var to = random.Next(4) switch { 0 => "echo", 1 => "park:701", _ => "104" };
        List<Action> crossing = race switch
        {
            "agent" => [LogIn, () => Command(new TransferCommand(CallSide.Caller, to)), () => CommandRace.HangUp(phones[random.Next(2)])],
            "hang-up" => [() => Command(new TransferCommand(CallSide.Caller, to)), () => CommandRace.HangUp(phones[random.Next(2) * 4]), () => Command(new ParkCommand(CallSide.Caller))],
            "two commands" => [() => Command(new TransferCommand(CallSide.Caller, "104")), () => Command(new TransferCommand(CallSide.Caller, to)), () => Command(new ParkCommand(CallSide.Caller))],
            "bridge and agent" =>
            [
                LogIn, () => Command(Bridge("100", CallSide.Caller), "102"), random.Next(2) == 0 ? () => CommandRace.HangUp(phones[random.Next(4)]) : () => Command(new TransferCommand(CallSide.Caller, to)),
            ],
            "two bridges" =>
            [
                () => Command(Bridge("100", CallSide.Caller), "102"), () => Command(Bridge("104", CallSide.Caller)), () => Command(Bridge("100", CallSide.Caller), "104"), () => CommandRace.HangUp(phones[random.Next(5)]),
            ],
            _ => [() => Command(new ParkCommand(CallSide.Caller, "701")), () => phones[3].Call("701"), () => Command(new TransferCommand(CallSide.Caller, "104")), () => phones[2].Call("701")],
        };
        CommandRace.Cross(rig, random, crossing, isOrdered: race == "parked and retrieved");
        var at = $"{race}, seed {seed}: ";
        CommandRace.Finish(rig, phones, at);
        Assert.True(rig.Faults.Count == 0, at + string.Join("; ", rig.Faults));
        Assert.True(rig.Exchange.Parked(TenantId.Default).Count == 0, at + "somebody is parked");

        // Who has come into a queue has left it once: with an agent, or without.
        var steps = rig.Events.All.OfType<QueueCallerEvent>().Select(told => told.Step).ToList();
        Assert.True(steps.Count(step => step.Kind == CallerStep.Joined) == steps.Count(step => step.Kind is CallerStep.Answered or CallerStep.Left), at + "a place in the queue was lost, or left twice");
        Assert.True(rig.Exchange.Queues.Figures(TenantId.Default, "sales", rig.Network.Now)!.Waiting == 0, at + "somebody waits");

        return CommandOutcomes.AssertToldOnce(rig, commands, at);
    }
}
