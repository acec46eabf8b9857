using System.Diagnostics;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>
/// Registration, calls out and in, challenges in and out of dialogs, and failover from provider to provider, over networks that lose, double and reorder. However a
/// call ends, no place of a profile, no ticket of the toll guard and no leg is left behind. The seed that fails is in the message.
/// </summary>
public sealed class Calls_by_providers_over_a_bad_network
{
    private const int Seeds = 250;
    private const string Did = "+4930123456";

    [Fact]
    public void Whatever_gets_lost_nothing_is_left_behind()
    {
        var (answered, inbound, outbound, failedOver, registered, challenges) = (0, 0, 0, 0, 0, 0);
        var reasons = new SortedDictionary<EndReason, int>();
        var watch = Stopwatch.StartNew();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var run = Play(seed);
            answered += run.Record.AnsweredAt is null ? 0 : 1;
            inbound += run.Record.Direction == CallDirection.Inbound ? 1 : 0;
            outbound += run.Record.Direction == CallDirection.Outbound ? 1 : 0;
            failedOver += run.Record.ProfileId == "p2" && run.Record.Direction == CallDirection.Outbound ? 1 : 0;
            registered += run.Registered;
            challenges += run.Challenges;
            reasons[run.Record.Verdict.Reason] = reasons.GetValueOrDefault(run.Record.Verdict.Reason) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{watch.ElapsedMilliseconds / (double)Seeds:0.00} ms a seed; {registered} registrations, {outbound} calls out, {failedOver} of them by the second, {inbound} in, {answered} answered, {challenges} challenges; {string.Join(' ', reasons)}");

        // The plans must exercise what they are for.
        Assert.InRange(answered, Seeds / 4, Seeds);
        Assert.InRange(inbound, Seeds / 5, Seeds);
        Assert.InRange(outbound, Seeds / 5, Seeds);
        Assert.InRange(failedOver, Seeds / 20, Seeds);
        Assert.InRange(registered, Seeds, 2 * Seeds);
        Assert.InRange(challenges, Seeds, 100 * Seeds);
    }

    private static (CallDetailRecord Record, int Registered, int Challenges) Play(int seed, List<string>? trace = null)
    {
        var random = new Random(seed);
        var conditions = new NetworkConditions { Loss = random.NextDouble() * 0.3, Duplication = random.NextDouble() * 0.2, Delay = random.Next(1, 30), Jitter = random.Next(0, 200) };
        var rig = new ExchangeRig(new CallOptions { SessionExpires = 90, MaximumDuration = TimeSpan.FromSeconds(80) }, seed, conditions);
        rig.Network.Trace = trace;
        var isInbound = random.NextDouble() < 0.4;
        var phone = Phone(rig, "100", NetAddress.FromV4(0x0A000101, 5060), PhonePlan.Random(random, caller: !isInbound), seed);
        rig.Register("100", phone.ContactUri, phone.Address);
        var providers = new[] { ProfileSamples.ProviderAddress, ProfileSamples.SecondAddress }
            .Select((address, i) => Phone(rig, $"03055{i}", address, PhonePlan.Random(random, caller: isInbound) with { Challenges = random.NextDouble() < 0.7 }, seed + i)).ToArray();
        for (var i = 0; i < providers.Length; i++)
        {
            Assert.True(NetPrefix.TryParse($"{providers[i].Address.HostText()}/32", out var prefix));
            rig.Profiles.Save(ProfileSamples.Profile($"p{i + 1}") with { Server = providers[i].Address.HostText(), Priority = 10 + i, Prefixes = [prefix], Numbers = new NumberPlan("49") });
        }

        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "100"));
        rig.Exchange.StartProfiles();
        rig.Network.RunUntil(() => rig.Profiles.All().All(p => rig.Exchange.Trunks.Find(p.Id)?.Status == ProfileStatus.Registered), TimeSpan.FromSeconds(120));
        var registered = rig.Profiles.All().Count(p => rig.Exchange.Trunks.Find(p.Id)?.Status == ProfileStatus.Registered);
        if (!isInbound && random.NextDouble() < 0.3)
            rig.Network.Detach(providers[0].Address); // it is silent from now on

        if (isInbound)
            providers[random.Next(2)].Call(Did);
        else
            phone.Call("030999999");
        var ended = rig.Network.RunUntil(() => rig.Events.Records.Count > 0 && rig.Exchange.CallCount == 0, TimeSpan.FromSeconds(400));
        var at = $"seed {seed}: ";
        Assert.True(ended, at + "the call did not end: " + rig.Events.Story);

        // Places and tickets go with their legs, not when the last message of them does.
        rig.Run(1);
        foreach (var profile in rig.Profiles.All())
            Assert.True(rig.Exchange.Trunks.UsageOf(profile.Id).Calls == 0, at + $"{rig.Exchange.Trunks.UsageOf(profile.Id).Calls} places of {profile.Id} are taken");
        var guard = rig.Guard.Show(TenantId.Default, EpochClock.Epoch + TimeSpan.FromTicks(rig.Network.Now.Ticks));
        Assert.True(guard.Calls == 0, at + $"{guard.Calls} tickets are open");
        foreach (var profile in rig.Profiles.All())
            rig.Profiles.Remove(profile.Id);
        var left = rig.Leftovers();
        rig.Run(100);
        Assert.True(left.Length == 0, at + left);
        Assert.True(rig.Faults.Count == 0, at + string.Concat(rig.Faults));
        Assert.True(rig.Events.Records.Count == 1, at + $"{rig.Events.Records.Count} records");
        return (rig.Events.Record, registered, providers.Sum(p => p.Challenged));
    }

    private static EnginePhone Phone(ExchangeRig rig, string number, NetAddress address, PhonePlan plan, int seed) =>
        new(rig.Network, number, address, ExchangeRig.ServerAddress, plan, seed * 7);
}
