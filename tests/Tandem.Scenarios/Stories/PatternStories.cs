using System.Net.Sockets;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Rules by pattern, caller and header with real phones: a code of its own says which rule it was, and explain says so before.</summary>
[Collection(StageStories.Name)]
public class PatternStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Each_kind_of_pattern_takes_its_calls_and_explain_says_so_before()
    {
        var phones = await stage.PhonesAsync("100", "101");
        foreach (var (id, numbers, callers, code) in new[]
        {
            ("exact", "560", "", 480),
            ("range", "range:561-565", "", 484),
            ("prefix", "prefix:5660", "", 486),
            ("digits", "_57ZX", "", 488),
            ("expression", "regex:^58[0-9]{2}$", "", 404),
            ("caller", "590", "101", 403),
            ("others", "590", "", 410),
        })
        {
            await Server.SendAsync(HttpMethod.Put, $"/api/v1/routing/rules/{id}", new
            {
                numbers = new[] { numbers },
                callers = callers.Length > 0 ? new[] { callers } : null,
                priority = callers.Length > 0 ? 10 : 100,
                actions = new[] { new { to = $"reject:{code}" } },
            });
        }

        foreach (var (caller, number, code) in new[]
        {
            (0, "560", 480), (0, "564", 484), (0, "56601", 486), (0, "5719", 488), (0, "5812", 404), (0, "590", 410), (1, "590", 403),
        })
        {
            var explained = await Server.SendAsync(HttpMethod.Post, "/api/v1/routing/explain", new { from = phones[caller].Options.Number, to = number });
            Assert.Contains($"reject:{code}", explained.GetRawText());
            await phones[caller].DialAsync(number);
            Assert.StartsWith($"{code}", (await phones[caller].EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        }
    }

    // A rule names a number in E.164, and whoever dials it writes it as people of his country do.
    [Fact]
    public async Task A_number_is_the_same_however_it_is_written()
    {
        var phone = (await stage.PhonesAsync("100"))[0];
        var routing = (await Server.GetAsync("/api/v1/routing")).GetProperty("data");
        await NumberingAsync(new { countryCode = "44", nationalPrefix = "0", internationalPrefix = "00" });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/written", new { numbers = new[] { "+442079460123" }, actions = new[] { new { to = "reject:484" } } });
        foreach (var number in new[] { "02079460123", "00442079460123" })
        {
            await phone.DialAsync(number);
            Assert.StartsWith("484", (await phone.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        }

        await phone.DialAsync("02079460124");
        Assert.StartsWith("404", (await phone.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        await NumberingAsync(null);

        Task NumberingAsync(object? numbering) => Server.SendAsync(
            HttpMethod.Put, "/api/v1/routing", new { numbering, rules = routing.GetProperty("rules"), groups = routing.GetProperty("groups"), calendars = routing.GetProperty("calendars") });
    }

    // No phone of this machine writes a header that it is told: a phone of a socket does.
    [Fact]
    public async Task A_header_leads_elsewhere()
    {
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/gold", new { numbers = new[] { "591" }, priority = 10, headers = new Dictionary<string, string> { ["X-Class"] = "gold" }, actions = new[] { new { to = "reject:480" } } });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/plain", new { numbers = new[] { "591" }, actions = new[] { new { to = "reject:410" } } });
        using var phone = await WirePhone.ConnectAsync(Server, "121", ProtocolType.Udp);
        using var sound = new RtpTalk(takesEvents: true);
        Assert.Equal(480, (await phone.AskAsync("INVITE", "591", phone.Contact() + "X-Class: gold\r\n", sound.Sdp)).Status);
        Assert.Equal(410, (await phone.AskAsync("INVITE", "591", phone.Contact() + "X-Class: iron\r\n", sound.Sdp)).Status);
    }

    [Fact]
    public async Task Who_has_been_idle_longest_is_rung()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, members) = (phones[0], phones[1..]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ring-groups/idle", new { members = new[] { "101", "102" }, strategy = "longestIdle" });
        await stage.RuleAsync("592", new { to = "group:idle" });
        var reached = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await caller.DialAsync("592");
            await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            await stage.TalkAsync();
            await caller.HangUpAsync();
            await stage.SilenceAsync();
            var one = Assert.Single(members, phone => phone.HasHeard);
            Hearing.AssertTalk(caller, one);
            reached.Add(one.Options.Number);
            foreach (var phone in phones)
                phone.Forget();
        }

        Assert.Equal((reached[0], reached[1]), (reached[2], reached[3]));
        Assert.NotEqual(reached[0], reached[1]);
    }

    [Fact]
    public async Task A_group_in_random_order_rings_each_of_its_members_first_at_some_time()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var caller = phones[0];
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ring-groups/random", new { members = new[] { "101", "102" }, strategy = "random" });
        await stage.RuleAsync("593", new { to = "group:random" });
        var first = new HashSet<string>();

        // In turn it would always be 101. The chance that it is one of the two 30 times in a row is 1 in 500 million.
        for (var tries = 0; tries < 30 && first.Count < 2; tries++)
        {
            foreach (var phone in phones)
                phone.Forget();
            await caller.DialAsync("593");
            await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            var one = Assert.Single(phones[1..], phone => phone.HasHeard);
            if (first.Add(one.Options.Number))
            {
                await Hearing.UntilAsync(caller, [one], [caller]);
                await Hearing.UntilAsync(one, [caller], [one]);
            }

            await caller.HangUpAsync();
            await caller.EventAsync("CALL_CLOSED", Stage.Patience);
            await one.EventAsync("CALL_CLOSED", Stage.Patience);
            await stage.SilenceAsync();
        }

        Assert.Equal(2, first.Count);
    }

    // Where it is allowed it is in OutsideStories.
    [Fact]
    public async Task A_sip_address_outside_is_refused_where_nothing_allows_it()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        await stage.RuleAsync("594", new { to = $"external:sip:bob@127.0.0.1:{FreePorts.Next()}" });
        await caller.DialAsync("594");
        Assert.StartsWith("403", (await caller.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
    }
}
