using Tandem.Calls.Calls;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Both ends of a call hold, ask for transfers and hang up whenever they like, while sessions are refreshed and the network loses, doubles
/// and reorders. Whatever glares with what: when all have hung up nothing is left, each call has one record, and each media session that is
/// still open belongs to a call. The seed that fails is in the message.
/// </summary>
public class Four_hundred_conversations_where_everybody_asks_at_once
{
    private const int Seeds = 400;

    [Fact]
    public void Leave_nothing_behind()
    {
        var transferred = 0;
        var outlived = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (records, stillTalking) = Play(seed);
            transferred += records.Count(r => r.Verdict.Reason == EndReason.Transferred);
            outlived += stillTalking ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{transferred} transfers, {outlived} plans after which somebody talks");

        // The plans must exercise what they are for.
        Assert.InRange(transferred, Seeds / 10, Seeds * 3);
        Assert.InRange(outlived, Seeds / 10, Seeds);
    }

    private static (IReadOnlyList<CallDetailRecord> Records, bool StillTalking) Play(int seed)
    {
        var random = new Random(seed);
        var rig = new ExchangeRig(
            new CallOptions { SessionExpires = 90 },
            seed,
            new NetworkConditions { Loss = random.NextDouble() * 0.2, Duplication = random.NextDouble() * 0.2, Delay = random.Next(1, 30), Jitter = random.Next(0, 150) });
        DeskPhone[] phones = [Phone(rig, "100", 1, seed), Phone(rig, "101", 2, seed), Phone(rig, "102", 3, seed), Phone(rig, "103", 4, seed)];
        foreach (var phone in phones)
        {
            rig.Register(phone.Number, phone.ContactUri, phone.Address);
            phone.AnswersAfter = random.NextDouble() * 3;
        }

        phones[0].After(0.1, () => phones[0].Call("101"));
        rig.Network.RunUntil(() => rig.Calls.Any(c => c.State == CallState.Established) && phones[0].Talking.Any(), TimeSpan.FromSeconds(40));
        for (var i = random.Next(3, 12); i > 0; i--)
        {
            var phone = phones[random.Next(random.NextDouble() < 0.8 ? 2 : 4)];
            var what = random.NextDouble();
            var target = phones[random.Next(4)].Number;

            // The refreshes of the first call are due after 45 s: some plans run into them.
            phone.After(random.NextDouble() * (seed % 3 == 0 ? 50 : 8), () => Do(phone, what, target));
        }

        rig.Run(130);
        rig.Network.Change(NetworkConditions.Perfect);
        rig.Run(60);
        var at = $"seed {seed}: ";
        var stillTalking = phones.Any(p => p.Talking.Any());
        Assert.True(rig.Media.Open.Count == rig.Exchange.CallCount, at + $"{rig.Media.Open.Count} media sessions and {rig.Exchange.CallCount} calls");
        foreach (var phone in phones)
        {
            phone.After(0.01, () =>
            {
                foreach (var line in phone.Talking.ToList())
                    phone.HangUp(line);
            });
        }

        rig.Run(10);
        var left = rig.Leftovers();
        rig.Run(100);
        Assert.True(left.Length == 0, at + left);
        foreach (var phone in phones)
            Assert.True(phone.Leftovers.Length == 0, at + phone.Leftovers);
        Assert.True(rig.Events.All.OfType<Tandem.Calls.Events.CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        Assert.True(rig.Events.Records.Select(r => r.Id).Distinct().Count() == rig.Events.Records.Count, at + "two records of a call");
        return (rig.Events.Records, stillTalking);
    }

    private static void Do(DeskPhone phone, double what, string target)
    {
        if (phone.Talking.FirstOrDefault() is not { } line)
            return;

        var other = phone.Talking.Skip(1).FirstOrDefault();
        if (what < 0.40)
            phone.Hold(line);
        else if (what < 0.70)
            phone.Refer(line, other is null ? $"<sip:{target}@198.51.100.1>" : DeskPhone.ReferTo(other));
        else if (what < 0.90)
            phone.Call(target);
        else
            phone.HangUp(line);
    }

    private static DeskPhone Phone(ExchangeRig rig, string number, int host, int seed) =>
        new(rig.Network, number, NetAddress.FromV4(0x0A000100u + (uint)host, 5060), ExchangeRig.ServerAddress, (seed * 11) + host, 20_000 + (host * 1_000));
}
