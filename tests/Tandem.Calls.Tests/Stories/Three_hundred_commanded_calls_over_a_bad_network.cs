using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A program has two phones connected and then gives commands at random moments, some at once and some to calls that are just ending, while phones hang up
/// and the network loses, doubles and reorders. Whatever happens: each command that was begun is told its outcome once, each call has one record,
/// and nothing is left behind. The seed that fails is in the message.
/// </summary>
public class Three_hundred_commanded_calls_over_a_bad_network
{
    private const int Seeds = 300;

    [Fact]
    public void Every_command_has_one_outcome_and_nothing_is_left()
    {
        var outcomes = CommandOutcomes.Of(Seeds, Play);

        // The plans must exercise what they are for.
        foreach (var expected in new[] { "originate Done", "originate Failed", "hold Done", "hold Cancelled", "transfer Done", "consult Done", "complete Done" })
            Assert.True(outcomes[expected] > 5, expected);
    }

    private static List<CallCommandEnded> Play(int seed)
    {
        var random = new Random(seed);
        var rig = new ExchangeRig(seed: seed, conditions: BadNetwork.Conditions(random));
        DeskPhone[] phones = [rig.Desk("100", 1, seed), rig.Desk("101", 2, seed), rig.Desk("102", 3, seed), rig.Desk("103", 4, seed)];
        if (random.NextDouble() < 0.1)
            phones[random.Next(4)].Refuses = 486;
        if (random.NextDouble() < 0.1)
            phones[random.Next(4)].RefusesChanges = 488;

        var begun = new List<Task<OriginationReply>> { Originate(rig, "100", "101") };
        if (random.NextDouble() < 0.3)
            begun.Add(Originate(rig, "103", "102"));
        rig.Network.RunUntil(() => phones[1].Talking.Any(), TimeSpan.FromSeconds(40));
        var commands = new List<Task<CommandReply?>>();
        for (var i = random.Next(2, 12); i > 0; i--)
        {
            var calls = rig.Calls;
            if (calls.Count > 0)
                commands.Add(rig.Exchange.CommandAsync(TenantId.Default, calls[random.Next(calls.Count)].Id, Command(random, calls)));
            if (random.NextDouble() < 0.1)
                HangUpAll(phones[random.Next(4)]);
            rig.Run(random.NextDouble() < 0.4 ? 0 : random.NextDouble() * 3);
        }

        rig.CalmDown();
        for (var i = 0; i < 3; i++)
        {
            foreach (var phone in phones)
                HangUpAll(phone);
            rig.Run(10);
        }

        var at = $"seed {seed}: ";
        var left = rig.Leftovers();
        rig.Run(100);
        Assert.True(left.Length == 0, at + left);
        Assert.True(rig.Media.Mixes.Count == 0, at + "a mix is left");
        Assert.True(rig.Events.All.OfType<CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        var told = CommandOutcomes.AssertToldOnce(rig, commands, at);
        Assert.All(begun, task => Assert.True(task.Result.Result != CommandResult.Begun || told.Exists(e => e.CommandId == task.Result.CommandId), at + "an order has no outcome"));
        return told;
    }

    private static CallCommand Command(Random random, IReadOnlyList<CallSnapshot> calls)
    {
        var side = random.Next(2) == 0 ? CallSide.Caller : CallSide.Callee;
        return random.Next(16) switch
        {
            0 or 1 => new HoldCommand(side, true),
            2 => new HoldCommand(side, false),
            3 => new MuteCommand(side, random.Next(2) == 0),
            4 => new TransferCommand(side, "102"),
            5 => new BridgeCommand(side, calls[random.Next(calls.Count)].Id, CallSide.Callee),
            6 or 7 => new ConsultCommand(side, new Destination.Number("102"), "102"),
            8 or 9 => new DecideCommand(ConsultStep.Complete),
            10 => new DecideCommand(ConsultStep.Cancel),
            11 => new DecideCommand(ConsultStep.Swap),
            12 => new PartCommand(random.Next(2) == 0),
            13 => new PlayCommand(null, Prompt.Beep, random.Next(2) == 0, ""),
            14 => new CollectCommand(side, 4, '#', TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)),
            _ => random.Next(3) == 0 ? new HangUpCommand(Cause.UserBusy) : new SendDigitsCommand(side, "12", 100),
        };
    }

    private static Task<OriginationReply> Originate(ExchangeRig rig, string from, string to) => rig.Exchange.OriginateAsync(
        TenantId.Default, new OriginationOrder { From = new Destination.Number(from), To = new Destination.Number(to), FromNumber = from, ToNumber = to });

    private static void HangUpAll(DeskPhone phone) => phone.After(0.01, () =>
    {
        foreach (var line in phone.Talking.ToList())
            phone.HangUp(line);
    });
}
