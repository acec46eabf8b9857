using System.Globalization;
using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Where rules lead real phones; tones say who was reached.</summary>
[Collection(StageStories.Name)]
public class RoutingStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_failover_list_goes_from_phone_to_phone_and_ends_at_the_voicemail()
    {
        var phones = await stage.PhonesAsync("100", "110", "111");
        var (caller, first, second) = (phones[0], phones[1], phones[2]);
        await stage.RuleAsync("500", new { to = "extension:110", ringSeconds = 2 }, new { to = "extension:111", ringSeconds = 2 }, new { to = "voicemail:110" });
        await caller.DialAsync("500");
        await first.EventAsync("CALL_INCOMING", Stage.Patience);
        await first.EventAsync("CALL_CLOSED", Stage.Patience);
        await second.EventAsync("CALL_INCOMING", Stage.Patience);
        await second.EventAsync("CALL_CLOSED", Stage.Patience);
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.PressAsync('5');
        await stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "the message is being recorded");
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        var message = (await stage.DataAsync("/api/v1/mailboxes/110/messages", m => m.GetArrayLength() == 1, "110 has the message"))[0];
        Assert.Equal("100", message.GetProperty("caller").GetString());
    }

    [Fact]
    public async Task The_next_of_the_list_answers_when_the_first_is_busy()
    {
        var phones = await stage.PhonesAsync("100", "101", "110");
        var (caller, second, first) = (phones[0], phones[1], phones[2]);
        await stage.RuleAsync("501", new { to = "extension:110" }, new { to = "extension:101" });
        await caller.DialAsync("501");
        await first.EventAsync("CALL_INCOMING", Stage.Patience);
        await first.HangUpAsync();
        await second.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, second);
    }

    [Fact]
    public async Task All_of_a_ring_group_ring_and_one_talks()
    {
        var phones = await stage.PhonesAsync("100", "110", "111");
        var (caller, loser, winner) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ring-groups/all", new { members = new[] { "110", "111" }, strategy = "all" });
        await stage.RuleAsync("502", new { to = "group:all" });
        await caller.DialAsync("502");
        await loser.EventAsync("CALL_INCOMING", Stage.Patience);
        await winner.EventAsync("CALL_INCOMING", Stage.Patience);
        await winner.AcceptAsync();
        await loser.EventAsync("CALL_CLOSED", Stage.Patience);
        await TalkAndHangUpAsync(caller, winner);
    }

    [Fact]
    public async Task A_group_in_turn_rings_one_after_the_other()
    {
        var phones = await stage.PhonesAsync("100", "110", "111");
        var (caller, first, second) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/ring-groups/turns", new { members = new[] { "110", "111" }, strategy = "inTurn", ringSeconds = 2 });
        await stage.RuleAsync("503", new { to = "group:turns" });
        await caller.DialAsync("503");
        await first.EventAsync("CALL_INCOMING", Stage.Patience);
        await first.EventAsync("CALL_CLOSED", Stage.Patience);
        await second.EventAsync("CALL_INCOMING", Stage.Patience);
        await second.AcceptAsync();
        await TalkAndHangUpAsync(caller, second);
    }

    // The calendar is changed between two calls: the next one meets it, without a restart.
    [Fact]
    public async Task A_calendar_says_an_announcement_or_a_person()
    {
        const double Closed = 2_500;
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, office) = (phones[0], phones[1]);
        var always = new[] { new { from = "00:00", to = "24:00" } };
        await stage.SoundAsync("we-are-closed", Closed);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/calendars/office", new { open = always, holidays = new[] { new { date = Day(-1), until = Day(1), name = "A long weekend" } } });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/r504", new { numbers = new[] { "504" }, calendar = "office", during = "open", actions = new[] { new { to = "extension:101" } } });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/r504b", new { numbers = new[] { "504" }, priority = 200, actions = new[] { new { to = "play:we-are-closed" } } });
        await caller.DialAsync("504");
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        Hearing.AssertTone(caller, Closed);

        await Server.SendAsync(HttpMethod.Put, "/api/v1/calendars/office", new { open = always });
        await stage.SilenceAsync();
        caller.Forget();
        await caller.DialAsync("504");
        await office.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, office);
        Hearing.AssertNever(caller, Closed);
    }

    [Fact]
    public async Task A_webhook_decides_and_what_stands_behind_it_follows_when_it_is_away()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, chosen, behind) = (phones[0], phones[1], phones[2]);
        var web = new WebService(_ => new { actions = new[] { new { to = "extension:101" } } });
        await Server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = web.Url, eventTypes = new[] { "toll.tripped" } }, 201);
        await stage.RuleAsync("505", new { to = "webhook:" + web.Url }, new { to = "extension:102" });
        await caller.DialAsync("505");
        await chosen.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, chosen);
        var (body, signature) = Assert.Single(web.Asked);
        Assert.Equal(("route", "100", "505"), (Text(body, "type"), Text(body, "from"), Text(body, "to")));
        Assert.StartsWith("v1,", signature);

        web.Dispose();
        caller.Forget();
        await caller.DialAsync("505");
        await behind.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, behind);
    }

    private async Task TalkAndHangUpAsync(Baresip caller, Baresip callee)
    {
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, callee);
    }

    private static string Day(int fromToday) => DateTime.UtcNow.AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
