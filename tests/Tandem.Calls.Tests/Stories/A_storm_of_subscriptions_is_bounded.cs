using Tandem.Calls.Mailboxes;
using Tandem.Calls.Shards;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_storm_of_subscriptions_is_bounded
{
    [Fact]
    public void An_extension_has_so_many_and_no_more()
    {
        var rig = new ExchangeRig(options: Limited(perExtension: 3));
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var first = ada.Watch("102", "dialog", out _);
        ada.Watch("103", "dialog", out _);
        ada.Watch("103", "presence", out _);
        ada.Dial("104").Subscribe("dialog");
        ada.Expect("403 SUBSCRIBE");
        bob.Watch("104", "dialog", out _);
        A_lamp_follows_a_call.End(ada, first);
        ada.Watch("104", "dialog", out _);
        rig.Exchange.EndSubscriptions(0);
        Answer(rig, ada, 3);
        Answer(rig, bob, 1);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_source_and_a_shard_have_so_many_and_no_more()
    {
        var rig = new ExchangeRig(options: Limited(perSource: 2));
        var ada = rig.Phone("100");
        ada.Watch("102", "dialog", out _);
        ada.Watch("103", "dialog", out _);
        ada.Dial("104").Subscribe("dialog");
        ada.Expect("403 SUBSCRIBE");

        rig = new ExchangeRig(options: o => Limited(perShard: 1)(o) with { Shards = 1 });
        ada = rig.Phone("100");
        ada.Watch("102", "dialog", out _);
        ada.Dial("104").Subscribe("dialog");
        Assert.Equal("10", ada.Expect("503 SUBSCRIBE")["Retry-After"]);
    }

    // A number that everybody watches: each change reaches all, a few at a time.
    [Fact]
    public void A_number_that_all_watch_tells_them_in_turns()
    {
        const int Watchers = 60;
        var rig = new ExchangeRig(options: o => Limited(inFlight: 5)(o) with { Shards = 1 });
        var phone = rig.Phone("100");
        var dialogs = new Dictionary<string, PhoneDialog>();
        for (var i = 0; i < Watchers; i++)
        {
            var dialog = phone.Watch("100", "message-summary", out _);
            dialogs.Add(dialog.CallId, dialog);
        }

        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        var heard = new HashSet<string>();
        while (heard.Count < Watchers)
        {
            rig.Run(0.01);
            var batch = phone.Unread.Count;
            Assert.InRange(batch, 1, 5);
            for (var i = 0; i < batch; i++)
            {
                var notify = phone.Expect("NOTIFY");
                Assert.True(heard.Add(notify.CallId));
                dialogs[notify.CallId].Reply(notify, 200);
            }
        }

        rig.Exchange.EndSubscriptions(0);
        for (var i = 0; i < Watchers; i++)
        {
            var notify = phone.Expect("NOTIFY");
            dialogs[notify.CallId].Reply(notify, 200);
        }

        Assert.Equal("", rig.Leftovers());
    }

    // Watchers who are gone hold a place for 32 s each, and then nothing of them is left.
    [Fact]
    public void The_dead_make_room_for_the_living()
    {
        var rig = new ExchangeRig(options: o => Limited(inFlight: 2)(o) with { Shards = 1 });
        var (dead, living) = (rig.Phone("100"), rig.Phone("100"));
        for (var i = 0; i < 4; i++)
            dead.Watch("100", "message-summary", out _);
        var dialog = living.Watch("100", "message-summary", out _);
        rig.Network.Detach(dead.Address);
        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        living.Notified(dialog, seconds: 80);
        dialog.Subscribe("message-summary", 0);
        living.Expect("200 SUBSCRIBE");
        Assert.Equal("terminated;reason=timeout", living.Notified(dialog, seconds: 80)["Subscription-State"]);
        Assert.Equal("", rig.Leftovers());
    }

    // Whatever the network does: nothing is left behind on either side, and who still watches knows the last state.
    [Fact]
    public void Over_a_bad_network_the_last_state_arrives()
    {
        var known = 0;
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var rig = new ExchangeRig(seed: seed, conditions: new NetworkConditions
            {
                Loss = random.NextDouble() * 0.3,
                Duplication = random.NextDouble() * 0.2,
                Delay = random.Next(1, 30),
                Jitter = random.Next(0, 200),
            });
            var watchers = new List<EngineWatcher>();
            for (var i = 0; i < 4; i++)
                watchers.Add(new EngineWatcher(rig.Network, "100", NetAddress.FromV4(0x0A000101 + (uint)i, 5060), ExchangeRig.ServerAddress, seed + (i * 1_000)));

            foreach (var watcher in watchers)
                watcher.Subscribe("100", "message-summary", 600);
            for (uint i = 1; i <= 5; i++)
            {
                rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(i, 0));
                rig.Run(random.NextDouble() * 4);
                if (random.NextDouble() < 0.3)
                    watchers[random.Next(watchers.Count)].Refresh(600);
            }

            rig.Run(100);
            foreach (var watcher in watchers.Where(w => w.IsWatching && rig.Exchange.Subscriptions(TenantId.Default).Any(s => s.Source == w.Address)))
            {
                Assert.True(watcher.LastBody.Contains("Voice-Message: 5/0", StringComparison.Ordinal), $"seed {seed}: {watcher.LastBody}");
                known++;
            }

            foreach (var watcher in watchers)
                watcher.Refresh(0);
            rig.Run(40);
            rig.Exchange.EndSubscriptions(0);
            var left = rig.Leftovers() + string.Concat(watchers.Select(w => w.Leftovers));
            Assert.True(left.Length == 0, $"seed {seed}: {left}");
        }

        Assert.True(known > 500, $"{known}");
    }

    private static void Answer(ExchangeRig rig, ScriptedPhone phone, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var notify = phone.Expect("NOTIFY");
            Assert.Equal("terminated;reason=deactivated", notify["Subscription-State"]);
            phone.Take(notify).Reply(notify, 200);
        }

        rig.Run(1);
    }

    private static Func<ExchangeOptions, ExchangeOptions> Limited(
        int perExtension = 500, int perSource = 10_000, int perShard = 50_000, int inFlight = 1_000) => options => options with
        {
            Subscriptions = new SubscriptionOptions
            {
                MaxPerExtension = perExtension,
                MaxPerSource = perSource,
                MaxPerShard = perShard,
                MaxNotifiesInFlight = inFlight,
            },
        };
}
