using System.Diagnostics;
using Tandem.Calls.Calls;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Blind and attended transfers, to targets that answer, refuse or only ring, by phones that stay or hang up at once, while the network
/// loses, doubles and reorders: when it has calmed down, each phone that talks has a partner that thinks the same, and in the end nothing is
/// left behind. The seed that fails is in the message.
/// </summary>
public class Eight_hundred_transfers_over_a_bad_network
{
    private const int Seeds = 800;

    [Fact]
    public void All_parties_agree_on_who_talks_to_whom()
    {
        var pairs = new SortedDictionary<string, int>();
        var reasons = new SortedDictionary<EndReason, int>();
        var watch = Stopwatch.StartNew();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var (talking, records) = Play(seed);
            pairs[talking] = pairs.GetValueOrDefault(talking) + 1;
            foreach (var record in records)
                reasons[record.Verdict.Reason] = reasons.GetValueOrDefault(record.Verdict.Reason) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{watch.ElapsedMilliseconds / (double)Seeds:0.00} ms a seed; {string.Join(", ", pairs)}; {string.Join(' ', reasons)}");

        // The plans must exercise what they are for.
        Assert.True(pairs.GetValueOrDefault("101-102") > Seeds / 5, "transfers that succeed");
        Assert.True(pairs.GetValueOrDefault("100-101") > Seeds / 20, "transfers that fail and leave the call as it was");
        Assert.True(reasons.GetValueOrDefault(EndReason.Transferred) > Seeds / 5);
    }

    private static (string Talking, IReadOnlyList<CallDetailRecord> Records) Play(int seed, List<string>? trace = null)
    {
        var random = new Random(seed);
        var conditions = BadNetwork.Conditions(random, loss: 0.25, jitter: 150);
        var rig = new ExchangeRig(seed: seed, conditions: conditions);
        rig.Network.Trace = trace;
        var ada = Phone(rig, "100", 1, seed);
        var bob = Phone(rig, "101", 2, seed);
        var cleo = Phone(rig, "102", 3, seed);
        DeskPhone[] phones = [ada, bob, cleo];
        foreach (var phone in phones)
            rig.Register(phone.Number, phone.ContactUri, phone.Address);

        var isAttended = random.NextDouble() < 0.4;
        var byCallee = random.NextDouble() < 0.3;
        var (caller, callee) = byCallee ? (bob, ada) : (ada, bob);
        caller.After(0.1, () => caller.Call(callee.Number));
        rig.Network.RunUntil(() => rig.Calls.Any(c => c.State == CallState.Established) && ada.Talking.Any(), TimeSpan.FromSeconds(40));
        rig.Run(random.NextDouble() * 3);
        if (ada.Talking.FirstOrDefault() is { } first)
        {
            if (random.NextDouble() < 0.6)
                ada.After(0.01, () => ada.Hold(first));
            if (isAttended)
            {
                ada.After(0.5, () => ada.Call("102"));
                rig.Network.RunUntil(() => cleo.Talking.Any() && ada.Talking.Count() > 1, TimeSpan.FromSeconds(30));
                rig.Run(random.NextDouble());
            }
            else
            {
                if (random.NextDouble() < 0.15)
                    cleo.Refuses = 486;
                else
                    cleo.AnswersAfter = random.NextDouble() < 0.15 ? null : random.NextDouble() * 4;
            }

            if (random.NextDouble() < 0.1)
                bob.RefusesChanges = 488;
            var second = ada.Talking.Skip(1).FirstOrDefault();
            var referTo = isAttended && second is not null ? DeskPhone.ReferTo(second) : "<sip:102@198.51.100.1>";
            ada.After(random.NextDouble(), () => ada.Refer(first, referTo));
            if (random.NextDouble() < 0.15)
                bob.After(random.NextDouble() * 2, () => bob.Refer(bob.Talking.FirstOrDefault() ?? first, "<sip:102@198.51.100.1>"));
            if (random.NextDouble() < 0.3)
                ada.After(0.8 + (random.NextDouble() * 2), () => ada.HangUp(first));
            if (random.NextDouble() < 0.1)
                cleo.After(random.NextDouble() * 8, () => HangUpAll(cleo));
            if (random.NextDouble() < 0.05)
                bob.After(random.NextDouble() * 8, () => HangUpAll(bob));
        }

        rig.CalmDown();
        var at = $"seed {seed}: ";
        var talking = Pairs(rig, phones, at);

        foreach (var phone in phones)
            phone.After(0.01, () => HangUpAll(phone));
        rig.Run(10);
        var left = rig.Leftovers();
        rig.Run(100);
        Assert.True(left.Length == 0, at + left);
        foreach (var phone in phones)
            Assert.True(phone.Leftovers.Length == 0, at + phone.Leftovers);
        Assert.True(rig.Events.All.OfType<Tandem.Calls.Events.CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
        return (talking, rig.Events.Records);
    }

    private static void HangUpAll(DeskPhone phone)
    {
        foreach (var line in phone.Talking.ToList())
            phone.HangUp(line);
    }

    // Who talks to whom by the phones' own account, followed through the media sessions; each pair must be found from both ends.
    private static string Pairs(ExchangeRig rig, DeskPhone[] phones, string at)
    {
        var pairs = new List<string>();
        foreach (var phone in phones)
        {
            foreach (var line in phone.Talking)
            {
                var port = line.LocalPort;
                var sendsTo = line.RemotePort;
                DeskPhone? partner = null;
                PhoneLine? far = null;
                for (var hop = 0; hop < 6 && far is null; hop++)
                {
                    var (session, side) = Find(rig, sendsTo);
                    Assert.True(session is not null, at + $"{phone.Number} sends to port {sendsTo}, where nobody is: {rig.Connected()}");
                    Assert.True(Sdp.PortOf(session.InForce(side)) == port, at + $"port {sendsTo} expects another phone than {phone.Number}: {rig.Connected()}");
                    var other = side == CallSide.Caller ? CallSide.Callee : CallSide.Caller;
                    sendsTo = Sdp.PortOf(session.InForce(other));
                    port = session.PortToward(other);
                    partner = Array.Find(phones, p => p.Talking.Any(l => l.LocalPort == sendsTo));
                    far = partner?.Talking.First(l => l.LocalPort == sendsTo);
                }

                Assert.True(far is not null, at + $"{phone.Number} talks to nobody: {rig.Connected()}");
                Assert.True(far.RemotePort == port, at + $"{phone.Number} talks to {partner!.Number}, which talks to another");
                if (string.CompareOrdinal(phone.Number, partner!.Number) < 0)
                    pairs.Add($"{phone.Number}-{partner.Number}");
            }
        }

        Assert.True(pairs.Count == rig.Calls.Count, at + $"{pairs.Count} pairs and {rig.Calls.Count} calls: {string.Join(' ', rig.Calls.Select(c => c.CallerNumber + "-" + c.CalleeNumber + " " + c.State))}");
        return string.Join(' ', pairs.Order(StringComparer.Ordinal));
    }

    private static (FakeMediaSession? Session, CallSide Side) Find(ExchangeRig rig, int port)
    {
        foreach (var session in rig.Media.Open)
        {
            if (session.PortToward(CallSide.Caller) == port)
                return (session, CallSide.Caller);
            if (session.PortToward(CallSide.Callee) == port)
                return (session, CallSide.Callee);
        }

        return (null, default);
    }

    private static DeskPhone Phone(ExchangeRig rig, string number, int host, int seed) =>
        new(rig.Network, number, NetAddress.FromV4(0x0A000100u + (uint)host, 5060), ExchangeRig.ServerAddress, (seed * 7) + host, 20_000 + (host * 1_000));
}
