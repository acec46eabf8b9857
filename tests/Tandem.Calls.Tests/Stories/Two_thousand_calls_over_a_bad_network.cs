using System.Diagnostics;
using Tandem.Calls.Calls;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Whatever the network loses, doubles and reorders: every call ends in the same state on all sides, and nothing is left
/// behind. The seed that fails is in the message; <c>Play(seed)</c> shows it again, message by message.
/// </summary>
public class Two_thousand_calls_over_a_bad_network
{
    private const int Seeds = 2_000;

    [Fact]
    public void All_end_in_the_same_state_everywhere_and_leave_nothing_behind()
    {
        var answered = 0;
        var held = 0;
        var forked = 0;
        var reasons = new SortedDictionary<EndReason, int>();
        var watch = Stopwatch.StartNew();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var outcome = Play(seed);
            answered += outcome.Record.AnsweredAt is null ? 0 : 1;
            held += outcome.Holds;
            forked += outcome.Forked ? 1 : 0;
            reasons[outcome.Record.Verdict.Reason] = reasons.GetValueOrDefault(outcome.Record.Verdict.Reason) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{watch.ElapsedMilliseconds / (double)Seeds:0.00} ms a seed; {answered} answered, {held} holds, {forked} forked; {string.Join(' ', reasons)}");

        // The plans must exercise what they are for.
        Assert.InRange(answered, Seeds / 3, Seeds);
        Assert.InRange(held, Seeds / 20, Seeds);
        Assert.True(reasons.ContainsKey(EndReason.Completed) && reasons.ContainsKey(EndReason.Cancelled) && reasons.ContainsKey(EndReason.NoAnswer));
    }

    private static (CallDetailRecord Record, int Holds, bool Forked) Play(int seed, List<string>? trace = null)
    {
        var random = new Random(seed);
        var conditions = BadNetwork.Conditions(random, loss: 0.3, jitter: 200);
        var rig = new ExchangeRig(new CallOptions { SessionExpires = 90, MaximumDuration = TimeSpan.FromSeconds(80) }, seed, conditions);
        rig.Network.Trace = trace;
        var caller = Phone(rig, "100", 1, PhonePlan.Random(random, caller: true), seed);
        var callees = new List<EnginePhone> { Phone(rig, "101", 2, PhonePlan.Random(random, caller: false), seed) };
        if (random.NextDouble() < 0.3)
            callees.Add(Phone(rig, "101", 3, PhonePlan.Random(random, caller: false), seed));
        foreach (var callee in callees)
            rig.Register("101", callee.ContactUri, callee.Address);

        caller.Call("101");
        var ended = rig.Network.RunUntil(() => rig.Events.Records.Count > 0 && rig.Exchange.CallCount == 0, TimeSpan.FromSeconds(300));
        var left = rig.Leftovers();
        rig.Run(100);

        var at = $"seed {seed}: ";
        Assert.True(ended, at + "the call did not end: " + rig.Events.Story);
        Assert.True(left.Length == 0, at + left);
        Assert.True(caller.Leftovers.Length == 0, at + caller.Leftovers);
        foreach (var callee in callees)
            Assert.True(callee.Leftovers.Length == 0, at + callee.Leftovers);

        Assert.True(rig.Events.Records.Count == 1, at + $"{rig.Events.Records.Count} records");
        var record = rig.Events.Record;
        Assert.True(!caller.WasConnected || record.AnsweredAt is not null, at + $"the caller talked, the record says {record.Verdict}");
        Assert.True(record.AnsweredAt is null || callees.Exists(c => c.HasAnswered), at + $"nobody answered, the record says {record.Verdict}");
        Assert.True(
            record.Verdict.SipStatus == caller.FinalStatus || caller.FinalStatus == 0 || record.Verdict.Reason == EndReason.CallerLost,
            at + $"the caller heard {caller.FinalStatus}, the record says {record.Verdict}");
        return (record, caller.Holds + callees.Sum(c => c.Holds), callees.Count > 1);
    }

    private static EnginePhone Phone(ExchangeRig rig, string number, int host, PhonePlan plan, int seed) =>
        new(rig.Network, number, NetAddress.FromV4(0x0A000100u + (uint)host, 5060), ExchangeRig.ServerAddress, plan, (seed * 7) + host);
}
