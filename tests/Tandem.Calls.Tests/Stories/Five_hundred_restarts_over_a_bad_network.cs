using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// The exchange is killed at any moment of a call, and comes up again at its address with the registrations that it had, while the network
/// loses, doubles and reorders. What the phones still send and ask for finds nobody who knows their call; they get out of it all the same,
/// the next call to a registered phone works, and nothing is left anywhere. The seed that fails is in the message.
/// </summary>
public class Five_hundred_restarts_over_a_bad_network
{
    private const int Seeds = 500;

    [Fact]
    public void The_phones_get_out_of_their_call_and_the_next_one_works()
    {
        var cut = 0;
        var ringing = 0;
        var talked = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (state, next) = Play(seed);
            cut += state == CallState.Established ? 1 : 0;
            ringing += state is not null and not CallState.Established ? 1 : 0;
            talked += next ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{cut} conversations and {ringing} calls that rang were cut, {talked} talked after the restart");

        // The plans must exercise what they are for.
        Assert.InRange(cut, Seeds / 6, Seeds);
        Assert.InRange(ringing, Seeds / 20, Seeds);
        Assert.InRange(talked, Seeds / 2, Seeds);
    }

    // The state of the call that was cut, null for none, and whether the next one was answered.
    private static (CallState? Cut, bool Talked) Play(int seed)
    {
        var random = new Random(seed);
        var conditions = BadNetwork.Conditions(random, loss: 0.25, jitter: 150);
        var before = new ExchangeRig(seed: seed, conditions: conditions);
        EnginePhone[] phones =
        [
            Phone(before, "100", 1, Plan(random, caller: true), seed), Phone(before, "101", 2, Plan(random, caller: false), seed),
            Phone(before, "102", 3, Plan(random, caller: true), seed), Phone(before, "103", 4, Plan(random, caller: false), seed),
        ];
        foreach (var phone in phones)
            before.Register(phone.Number, phone.ContactUri, phone.Address);

        phones[0].Call("101");
        before.Run(random.NextDouble() * 20);
        var state = before.Calls.Select(call => (CallState?)call.State).FirstOrDefault();
        var bindings = before.Exchange.Registrar.All(TenantId.Default);

        before.Network.Kill(before.Node);
        before.Network.Run(TimeSpan.FromSeconds(random.NextDouble() * 10));
        var rig = new ExchangeRig(seed: seed + 1_000_000, network: before.Network);
        rig.Restore(bindings);

        rig.Run(random.NextDouble() * 5);
        phones[2].Call("103");
        rig.Run(150);
        var at = $"seed {seed}: ";
        var left = rig.Leftovers();
        rig.Run(100);
        Assert.True(left.Length == 0, at + left);
        foreach (var phone in phones)
            Assert.True(phone.Leftovers.Length == 0, at + phone.Leftovers);

        Assert.True(rig.Exchange.Registrar.All(TenantId.Default).Count == phones.Length, at + "registrations are gone");
        Assert.True(rig.Events.All.OfType<CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        var next = rig.Events.Records.Where(record => record.CallerNumber == "102").ToList();
        Assert.True(next.Count == 1, at + $"{next.Count} calls of the phone that called after the restart");
        Assert.True(!phones[2].WasConnected || next[0].AnsweredAt is not null, at + $"the caller talked, the record says {next[0].Verdict}");
        return (state, phones[2].WasConnected);
    }

    // Whoever waits for too long gives up, and whoever talks hangs up in the end: nobody else can tell them that the exchange is gone.
    private static PhonePlan Plan(Random random, bool caller) => new()
    {
        CancelAfter = caller ? 10 + (random.NextDouble() * 10) : null,
        AnswerAfter = caller || random.NextDouble() < 0.1 ? null : random.NextDouble() * 8,
        HangUpAfter = 1 + (random.NextDouble() * 40),
        HoldAfter = random.NextDouble() < 0.3 ? random.NextDouble() * 20 : null,
        Reliable = random.NextDouble() < 0.3,
    };

    private static EnginePhone Phone(ExchangeRig rig, string number, int host, PhonePlan plan, int seed) =>
        new(rig.Network, number, NetAddress.FromV4(0x0A000100u + (uint)host, 5060), ExchangeRig.ServerAddress, plan, (seed * 13) + host);
}
