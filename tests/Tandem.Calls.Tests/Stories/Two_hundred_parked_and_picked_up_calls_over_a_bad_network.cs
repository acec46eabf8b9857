using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Parking;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Calls are parked by phones and by a program, retrieved by several at once while the parked phone hangs up and the time runs out; and calls that ring are picked up by several at once
/// while they are answered or given up, over a network that loses, doubles and reorders. Whatever happens: each call has one record, no slot stays taken, nothing is left behind.
/// The seed that fails is in the message.
/// </summary>
public class Two_hundred_parked_and_picked_up_calls_over_a_bad_network
{
    private const int Seeds = 100;

    [Fact]
    public void No_slot_stays_taken_and_nothing_is_left_of_parked_calls()
    {
        var all = default(ParkingStatistics);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var got = Park(seed);
            all = new ParkingStatistics(0, all.Parked + got.Parked, all.Retrieved + got.Retrieved, all.Expired + got.Expired, all.Full + got.Full, 0);
        }

        // The plans must exercise what they are for.
        Assert.True(all is { Parked: > 50, Retrieved: > 20, Expired: > 5 }, all.ToString());
    }

    [Fact]
    public void Nothing_is_left_of_calls_that_were_picked_up()
    {
        var (pickedUp, answered) = (0L, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var rig = PickUp(seed);
            pickedUp += rig.Exchange.Parking.PickedUp;
            answered += rig.Events.Records.Count(r => r is { CallerNumber: "100", AnsweredAt: not null, Extras.TakenBy: null });
        }

        Assert.True(pickedUp > 20 && answered > 5, $"{pickedUp} picked up, {answered} answered");
    }

    private static ParkingStatistics Park(int seed)
    {
        var random = new Random(seed);
        var rig = Rig(seed, random, new ParkingOptions { TimeLimit = TimeSpan.FromSeconds(10), ReturnTime = TimeSpan.FromSeconds(8), LastSlot = 702 });
        DeskPhone[] phones = [rig.Desk("100", 1, seed), rig.Desk("101", 2, seed), rig.Desk("102", 3, seed), rig.Desk("103", 4, seed)];
        var line = phones[0].Call("101");
        rig.Network.RunUntil(() => phones[1].Talking.Any(), TimeSpan.FromSeconds(40));
        rig.Run(1);
        if (random.Next(3) == 0 && rig.Calls.Count > 0)
            _ = rig.Exchange.CommandAsync(TenantId.Default, rig.Calls[0].Id, new ParkCommand(random.Next(2) == 0 ? CallSide.Caller : CallSide.Callee));
        else
            phones[0].After(0, () => phones[0].Refer(line, $"<sip:{(random.Next(2) == 0 ? "*70" : "701")}@198.51.100.1>"));
        rig.Network.RunUntil(() => rig.Exchange.Parking.Parked > 0, TimeSpan.FromSeconds(random.Next(3, 20)));
        rig.Run(random.NextDouble() < 0.3 ? 9.8 : random.NextDouble() * 2);
        foreach (var who in new[] { 2, 3 })
        {
            if (random.Next(4) > 0)
                phones[who].After(random.NextDouble() * 0.3, () => phones[who].Call("701"));
            if (random.Next(4) == 0)
                phones[who].After(random.NextDouble(), () => HangUpAll(phones[who]));
        }

        if (random.Next(3) == 0)
            phones[1].After(random.NextDouble() * 0.5, () => HangUpAll(phones[1]));
        Finish(rig, phones, seed);
        return rig.Exchange.Parking;
    }

    private static ExchangeRig PickUp(int seed)
    {
        var random = new Random(seed);
        var rig = Rig(seed, random, new ParkingOptions { DirectedPickup = PickupRights.Tenant });
        DeskPhone[] phones = [rig.Desk("100", 1, seed), rig.Desk("101", 2, seed), rig.Desk("102", 3, seed), rig.Desk("103", 4, seed)];
        foreach (var number in new[] { "101", "102", "103" })
            rig.Set(number, new ExtensionFeatures { PickupGroup = "sales" });
        phones[1].AnswersAfter = random.Next(3) == 0 ? null : 2 + (random.NextDouble() * 0.6);
        var line = phones[0].Call("101");
        rig.Run(1.9);
        foreach (var who in new[] { 2, 3 })
        {
            if (random.Next(4) > 0)
                phones[who].After(random.NextDouble() * 0.4, () => phones[who].Call(random.Next(2) == 0 ? "*8" : "*8101"));
            if (random.Next(4) == 0)
                phones[who].After(0.2 + random.NextDouble(), () => HangUpAll(phones[who]));
        }

        if (random.Next(3) == 0)
            phones[0].After(random.NextDouble() * 0.6, () => phones[0].HangUp(line));
        Finish(rig, phones, seed);
        return rig;
    }

    private static void Finish(ExchangeRig rig, DeskPhone[] phones, int seed)
    {
        rig.Run(60);
        rig.Network.Change(NetworkConditions.Perfect);
        rig.Run(45);
        for (var i = 0; i < 3; i++)
        {
            foreach (var phone in phones)
                phone.After(0.01, () => HangUpAll(phone));
            rig.Run(20);
        }

        var at = $"seed {seed}: ";
        var left = rig.Leftovers();
        Assert.True(left.Length == 0, at + left);
        Assert.True(rig.Exchange.Parking.Now == 0 && rig.Exchange.Parked(TenantId.Default).Count == 0, at + "a call is still parked");
        Assert.True(rig.Events.All.OfType<CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        Assert.True(rig.Events.All.OfType<CallRetrieved>().Count() == rig.Exchange.Parking.Retrieved, at + "events and counts differ");

        // Every slot can be taken again.
        var (ada, eve) = (rig.Phone("104"), rig.Phone("105"));
        var first = ServedPhone.Dial(rig, ada, "*70");
        var second = ServedPhone.Dial(rig, eve, "*70");
        rig.Run(1);
        Assert.True(first.Heard.Contains("spell:701") && second.Heard.Contains("spell:702"), at + "a slot is still taken");
        first.HangUp();
        second.HangUp();
    }

    private static ExchangeRig Rig(int seed, Random random, ParkingOptions parking) => new(
        seed: seed,
        conditions: BadNetwork.Conditions(random, loss: 0.15),
        options: o => o with { Parking = parking });

    private static void HangUpAll(DeskPhone phone)
    {
        foreach (var line in phone.Talking.ToList())
            phone.HangUp(line);
    }
}
