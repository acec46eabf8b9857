using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Queues;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Ivr;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Phones dial what the exchange has to offer (lists of a rule, groups, forwards, menus, queues, rooms, mailboxes, monitoring, codes), press keys, hang up at random moments
/// and cross each other, while the network loses, doubles and reorders. Whatever happens: who talks sends his sound where somebody takes it, each call has one
/// record, and rooms, queues, monitors and tables are empty in the end. The seed that fails is in the message.
/// </summary>
public class Five_hundred_visits_to_services_over_a_bad_network
{
    private const int Seeds = 125;
    private const int Visits = 4;

    private static readonly string[] Places = ["500", "510", "511", "520", "700", "*6800", "*6801", "*97", "*98101", "*33101", "*43", "101", "102", "500", "510", "520", "*72103", "*78", "*79", "*66", "*69", "*53"];

    [Fact]
    public void Nothing_is_left_and_all_agree()
    {
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            foreach (var told in Play(seed))
            {
                var kind = told.GetType().Name;
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", kinds));

        // The plans must exercise what they are for.
        foreach (var expected in new[] { nameof(RoomEvent), nameof(MonitorEvent), nameof(QueueCallerEvent), nameof(IvrStepped), nameof(VoicemailEvent) })
            Assert.True(kinds.GetValueOrDefault(expected) > 10, $"{expected}: {string.Join(", ", kinds)}");
    }

    private static IReadOnlyList<ExchangeEvent> Play(int seed)
    {
        var random = new Random(seed);
        var rig = new ExchangeRig(seed: seed, conditions: BadNetwork.Conditions(random));
        Furnish(rig, random);
        var phones = Enumerable.Range(0, 6).Select(i => Phone(rig, $"{100 + i}", i + 1, seed)).ToList();
        foreach (var phone in phones)
        {
            phone.AnswersAfter = random.NextDouble() < 0.2 ? null : random.NextDouble() * 8;
            phone.Refuses = random.NextDouble() < 0.1 ? 486 : 0;
        }

        for (var i = 0; i < Visits; i++)
        {
            phones[random.Next(phones.Count)].Call(Places[random.Next(Places.Length)]);
            for (var step = random.Next(1, 8); step > 0; step--)
            {
                rig.Run(random.NextDouble() < 0.3 ? 0 : random.NextDouble() * 4);
                Disturb(rig, random, phones);
            }
        }

        rig.Run(90);
        rig.Network.Change(NetworkConditions.Perfect);
        rig.Run(45);
        var at = $"seed {seed}: ";
        AssertAgreement(rig, phones, at);
        for (var i = 0; i < 3; i++)
        {
            foreach (var phone in phones)
                HangUpAll(phone);
            rig.Run(10);
        }

        var left = rig.Leftovers();
        Assert.True(left.Length == 0, at + left);
        Assert.True(rig.Exchange.Rooms.Count == 0, at + "a room is left");
        Assert.True(rig.Exchange.Monitors.Count == 0, at + "a monitor is left");
        Assert.True(rig.Media.Open.Count == 0, at + "a media session is left");
        Assert.True(rig.Media.Mixes.Count == 0, at + "a mix is left");
        Assert.True(rig.Exchange.Queues.Waiting(TenantId.Default, "sales", rig.Network.Now).Count == 0, at + "somebody waits still");
        Assert.All(rig.Exchange.Queues.Agents(TenantId.Default, rig.Network.Now), agent => Assert.True(agent.State is not (AgentState.Ringing or AgentState.Talking), $"{at}agent {agent.Number} is {agent.State}"));
        Assert.True(rig.Events.All.OfType<CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        return [.. rig.Events.All];
    }

    private static void Furnish(ExchangeRig rig, Random random)
    {
        rig.Flows.Add("main", Flows.Main);
        rig.Set(new RoutingDocument
        {
            Groups = [new GroupBody { Name = "all", Members = ["101", "102", "103"], RingSeconds = 5, Otherwise = "voicemail:101" }, new GroupBody { Name = "turns", Members = ["101", "102"], Strategy = "inTurn", RingSeconds = 4 }],
            Rules =
            [
                Rule("500", new ActionBody { To = "extension:101", RingSeconds = 4 }, new ActionBody { To = "extension:102", RingSeconds = 4 }, new ActionBody { To = "voicemail:101" }),
                Rule("510", new ActionBody { To = "group:all" }), Rule("511", new ActionBody { To = "group:turns" }, new ActionBody { To = "room:801" }), Rule("520", new ActionBody { To = "ivr:main" }),
            ],
        });
        rig.Set("102", new ExtensionFeatures { ForwardBusy = "103", ForwardNoAnswer = random.Next(2) == 0 ? "voicemail:102" : "104", RingSeconds = 4, CallWaiting = random.Next(2) == 0 ? false : null });
        rig.Kept.Rooms["800"] = new RoomDefinition
        {
            Name = "800",
            Pins = new Dictionary<RoomRole, Secret> { [RoomRole.Moderator] = new("4711"), [RoomRole.Admin] = new("9911") },
            WaitsForModerator = random.Next(2) == 0,
            EndsWithModerator = random.Next(2) == 0,
        };
        rig.Kept.Monitor = new MonitorRules { Supervisors = ["104", "105"] };
        rig.Exchange.Queues.Configure(
            new StoredQueue(
                TenantId.Default,
                new QueueSettings { Name = "sales", Number = "700", RingTime = TimeSpan.FromSeconds(5), WrapUp = TimeSpan.FromSeconds(2), MaxWait = TimeSpan.FromSeconds(30), Overflow = "voicemail:101", ExitKey = "9" },
                [new QueueMember("101"), new QueueMember("103")]),
            rig.Network.Now);
        foreach (var agent in new[] { "101", "103" })
            rig.Exchange.Queues.LogIn(TenantId.Default, agent, rig.Network.Now);
    }

    private static void Disturb(ExchangeRig rig, Random random, List<DeskPhone> phones)
    {
        switch (random.Next(10))
        {
            case 0:
                HangUpAll(phones[random.Next(phones.Count)]);
                break;
            case 1:
                // A phone gives up while it still rings.
                var giver = phones[random.Next(phones.Count)];
                giver.After(0, giver.GiveUp);
                break;
            case 2 or 3 or 4 or 5 or 6 or 7:
                var open = rig.Media.Open.ToList();
                if (open.Count > 0)
                {
                    var session = open[random.Next(open.Count)];
                    foreach (var key in new[] { "1", "2", "3", "4711#", "9911#", "#", "*6", "*9", "*5", "*8", "0", "*", "9", "*1", "*2" }[random.Next(15)])
                        session.Hear(random.Next(4) > 0 ? CallSide.Caller : CallSide.Callee, key);
                }

                break;
            default:
                // Somebody says something: a message without speech is none.
                foreach (var spoken in rig.Media.Open.Where(spoken => spoken.Sound.Listening.Contains(CallSide.Caller)))
                    spoken.Sound.Speak(CallSide.Caller, true);
                break;
        }
    }

    // Who talks sends his sound to a port that is open, and no other phone sends there.
    private static void AssertAgreement(ExchangeRig rig, List<DeskPhone> phones, string at)
    {
        var open = rig.Media.Open.SelectMany(session => new[] { session.PortToward(CallSide.Caller), session.PortToward(CallSide.Callee) }).ToHashSet();
        var taken = new HashSet<int>();
        foreach (var phone in phones)
        {
            foreach (var line in phone.Talking)
            {
                Assert.True(open.Contains(line.RemotePort), $"{at}{phone.Number} talks to port {line.RemotePort}, which nobody has");
                Assert.True(taken.Add(line.RemotePort), $"{at}two talk to port {line.RemotePort}");
            }
        }
    }

    private static RuleBody Rule(string number, params ActionBody[] actions) => new() { Id = "r" + number, Numbers = [number], Actions = actions };

    private static DeskPhone Phone(ExchangeRig rig, string number, int host, int seed)
    {
        var phone = new DeskPhone(rig.Network, number, NetAddress.FromV4(0x0A010000u + (uint)host, 5060), ExchangeRig.ServerAddress, (seed * 11) + host, 20000 + (host * 1000));
        rig.Register(number, phone.ContactUri, phone.Address);
        return phone;
    }

    private static void HangUpAll(DeskPhone phone) => phone.After(0.01, () =>
    {
        foreach (var line in phone.Talking.ToList())
            phone.HangUp(line);
    });
}
