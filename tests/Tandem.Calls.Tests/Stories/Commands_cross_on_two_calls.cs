using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Two things at once, over a network that loses, doubles and reorders: two commands for both sides, a command and the BYE of a phone, a command and the re-INVITE of a
/// phone, a transfer and a hang-up, a bridge and the end of the other call, programs that answer and callers who give up. After each seed every table is empty, no phone
/// thinks that it still talks, and each command that was begun has had its outcome exactly once. The seed that fails is in the message.
/// </summary>
public class Commands_cross_on_two_calls
{
    private const int Seeds = 60;

    [Theory]
    [InlineData("both sides")]
    [InlineData("bye")]
    [InlineData("re-INVITE")]
    [InlineData("transfer and hang-up")]
    [InlineData("bridge and end")]
    [InlineData("program and cancel")]
    [InlineData("program and hold")]
    [InlineData("program and unbridge")]
    public void Whatever_comes_first_both_sides_agree(string race)
    {
        var outcomes = CommandOutcomes.Of(Seeds, seed => Play(race, seed));

        // Either may win: a race that always ends in one way is none.
        Assert.True(outcomes.Kinds > 1, outcomes.ToString());
    }

    private static List<CallCommandEnded> Play(string race, int seed)
    {
        var random = new Random(seed);
        var rig = new ExchangeRig(seed: seed, conditions: BadNetwork.Conditions(random));
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "desk", Numbers = ["500"], Actions = [new ActionBody { To = "api:desk", RingSeconds = 5 }, new ActionBody { To = "extension:103" }] }] }.Normalized());
        DeskPhone[] phones = [.. Enumerable.Range(0, 4).Select(i => rig.Desk($"10{i}", i + 1, seed))];
        var isProgram = race.StartsWith("program", StringComparison.Ordinal);
        phones[0].Call(isProgram ? "500" : "101");
        if (race == "bridge and end")
            phones[2].Call("103");
        rig.Network.RunUntil(() => isProgram ? rig.Calls.Count > 0 : rig.Calls.Count > 0 && rig.Calls.All(call => call.State == CallState.Established) && phones[1].Talking.Any(), TimeSpan.FromSeconds(40));
        rig.Run(random.NextDouble() * 3);

        var commands = new List<Task<CommandReply?>>();
        void Command(CallCommand command, string caller = "100")
        {
            if (rig.Calls.FirstOrDefault(call => call.CallerNumber == caller) is { } call)
                commands.Add(rig.Exchange.CommandAsync(TenantId.Default, call.Id, command));
        }

        if (race is "program and hold" or "program and unbridge")
        {
            Command(new AnswerCommand());
            rig.Network.RunUntil(() => rig.Calls.Count == 0 || phones[0].Talking.Any(), TimeSpan.FromSeconds(20));
        }

        if (race == "program and unbridge")
        {
            Command(new TransferCommand(CallSide.Caller, "102"));
            rig.Network.RunUntil(() => rig.Calls.Count == 0 || phones[2].Talking.Any(), TimeSpan.FromSeconds(20));
        }

        var side = random.Next(2) == 0 ? CallSide.Caller : CallSide.Callee;
        List<Action> crossing = race switch
        {
            "both sides" =>
            [
                () => Command(Change(random, CallSide.Caller)), () => Command(Change(random, CallSide.Callee)), () => Command(Change(random, side)),
            ],
            "bye" => [() => Command(Change(random, side)), () => CommandRace.HangUp(phones[random.Next(2)])],
            "re-INVITE" => [() => Command(Change(random, side)), () => Reinvite(phones[random.Next(2)])],
            "transfer and hang-up" => [() => Command(new TransferCommand(side, "102")), () => CommandRace.HangUp(phones[random.Next(3)]), () => Command(random.Next(2) == 0 ? new HangUpCommand() : new MuteCommand(side, true))],
            "bridge and end" =>
            [
                () => Command(rig.Calls.FirstOrDefault(call => call.CallerNumber == "102") is { } other ? new BridgeCommand(side, other.Id, CallSide.Callee) : new HoldCommand(side, true)),
                () => CommandRace.HangUp(phones[2 + random.Next(2)]),
            ],
            "program and hold" =>
            [
                () => Command(new HoldCommand(CallSide.Caller, true)), () => Command(new HoldCommand(CallSide.Caller, random.Next(2) == 0)),
                () => Command(new TransferCommand(CallSide.Caller, random.Next(2) == 0 ? "102" : "echo")), random.Next(2) == 0 ? () => CommandRace.HangUp(phones[0]) : () => Reinvite(phones[0]),
            ],
            "program and unbridge" =>
            [
                () => Command(new PartCommand(true)), () => Command(random.Next(2) == 0 ? new PartCommand(false) : new HoldCommand(side, true)),
                () => Command(new TransferCommand(side, random.Next(2) == 0 ? "103" : "echo")), () => CommandRace.HangUp(phones[random.Next(2) * 2]),
            ],
            _ =>
            [
                () => Command(new AnswerCommand()), () => Command(random.Next(2) == 0 ? new RingCommand() : new PlayCommand(CallSide.Caller, Prompt.Beep, false, "")),
                () => Command(new TransferCommand(CallSide.Caller, "102")), () => CommandRace.HangUp(phones[0]),
            ],
        };
        CommandRace.Cross(rig, random, crossing);
        var at = $"{race}, seed {seed}: ";
        CommandRace.Finish(rig, phones, at);
        return CommandOutcomes.AssertToldOnce(rig, commands, at);
    }

    private static CallCommand Change(Random random, CallSide side) => random.Next(4) switch
    {
        0 => new HoldCommand(side, true),
        1 => new HoldCommand(side, false),
        2 => new TransferCommand(side, random.Next(2) == 0 ? "102" : "echo"),
        _ => new ConsultCommand(side, new Tandem.Calls.Routing.Destination.Number("102"), "102"),
    };

    private static void Reinvite(DeskPhone phone) => phone.After(0.001, () =>
    {
        foreach (var line in phone.Talking.ToList())
            phone.Hold(line);
    });
}
