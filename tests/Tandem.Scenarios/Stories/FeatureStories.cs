using System.Net.Sockets;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>What an extension sets by feature codes and by the API, with real phones; tones say who was reached.</summary>
[Collection(StageStories.Name)]
public class FeatureStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task All_calls_are_forwarded_by_a_code_and_come_back_by_another()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, owner, other) = (phones[0], phones[1], phones[2]);
        await CodeAsync(owner, "*72102");
        await caller.DialAsync("101");
        await other.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, other);

        await CodeAsync(owner, "*73");
        caller.Forget();
        await caller.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, owner);
    }

    // 119 has no phone, 110 rings: it declines, or lets it ring.
    [Theory]
    [InlineData("110", "forwardBusy", true)]
    [InlineData("110", "forwardNoAnswer", false)]
    [InlineData("119", "forwardUnreachable", false)]
    public async Task Calls_are_forwarded_when(string number, string when, bool declines)
    {
        var phones = await stage.PhonesAsync("100", "101", "110");
        var (caller, target, owner) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, $"/api/v1/extensions/{number}/features", new Dictionary<string, object> { [when] = "101", ["ringSeconds"] = declines ? 120 : 2 });
        await caller.DialAsync(number);
        if (number == "110")
            await owner.EventAsync("CALL_INCOMING", Stage.Patience);
        if (declines)
            await owner.HangUpAsync();
        await target.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, target);
    }

    [Fact]
    public async Task Follow_me_rings_the_places_one_after_the_other()
    {
        var phones = await stage.PhonesAsync("100", "110", "111");
        var (caller, first, second) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/110/features", new { ringSeconds = 2, followMe = new[] { new { to = "111", ringSeconds = 120 } } });
        await caller.DialAsync("110");
        await first.EventAsync("CALL_INCOMING", Stage.Patience);
        await first.EventAsync("CALL_CLOSED", Stage.Patience);
        await second.EventAsync("CALL_INCOMING", Stage.Patience);
        await second.AcceptAsync();
        await TalkAndHangUpAsync(caller, second);
    }

    [Fact]
    public async Task Who_does_not_want_to_be_disturbed_is_busy_until_he_does()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, owner) = (phones[0], phones[1]);
        await CodeAsync(owner, "*78");
        await caller.DialAsync("101");
        Assert.StartsWith("486", (await caller.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());

        await CodeAsync(owner, "*79");
        caller.Forget();
        await caller.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(caller, owner);
    }

    [Fact]
    public async Task Without_call_waiting_a_second_caller_hears_busy_and_a_number_that_is_not_allowed_is_refused()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, owner, second) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/101/features", new { callWaiting = false });
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/102/features", new { allowedDestinations = new[] { "101" } });
        await caller.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await second.DialAsync("101");
        Assert.StartsWith("486", (await second.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        await second.DialAsync("103");
        Assert.StartsWith("403", (await second.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        await TalkAndHangUpAsync(caller, owner);
    }

    [Fact]
    public async Task An_extension_has_as_many_calls_as_it_may()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, owner, second) = (phones[0], phones[1], phones[2]);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/extensions/101/features", new { maxCalls = 1 });
        await caller.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await second.DialAsync("101");
        Assert.StartsWith("486", (await second.EventAsync("CALL_CLOSED", Stage.Patience)).GetProperty("param").GetString());
        await TalkAndHangUpAsync(caller, owner);
        second.Forget();
        owner.Forget();
        await second.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await TalkAndHangUpAsync(second, owner);
    }

    // By the code alone: whatever rings in the group. With call waiting, which is as it is from the start, a second caller rings at who talks.
    [Fact]
    public async Task A_call_that_rings_in_the_group_is_picked_up_while_its_phone_talks()
    {
        var phones = await stage.PhonesAsync("100", "102", "103", "110");
        var (first, second, colleague, owner) = (phones[0], phones[1], phones[2], phones[3]);
        foreach (var number in new[] { "103", "110" })
            await Server.SendAsync(HttpMethod.Put, $"/api/v1/extensions/{number}/features", new { pickupGroup = "desk" });
        await first.DialAsync("110");
        await owner.EventAsync("CALL_INCOMING", Stage.Patience);
        await owner.AcceptAsync();
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await second.DialAsync("110");
        await owner.EventAsync("CALL_INCOMING", Stage.Patience);
        await colleague.DialAsync("*8");
        await second.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await owner.EventAsync("CALL_CLOSED", Stage.Patience);
        await Hearing.UntilAsync(second, [colleague], [second, owner]);
        await Hearing.UntilAsync(colleague, [second], [colleague, first]);
        await Hearing.UntilAsync(first, [owner], [first, second]);
        await first.HangUpAsync();
        await second.HangUpAsync();
        await stage.SilenceAsync();
    }

    [Fact]
    public async Task The_last_number_is_dialled_again_and_the_last_caller_called_back()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, owner) = (phones[0], phones[1]);
        await caller.DialAsync("101");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        foreach (var (code, dialler, reached) in new[] { ("*66", caller, owner), ("*69", owner, caller) })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            caller.Forget();
            owner.Forget();
            await dialler.DialAsync(code);
            await reached.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            await TalkAndHangUpAsync(dialler, reached);
        }
    }

    // No phone of this machine obeys Answer-Mode (RFC 5373): a phone of a socket does.
    [Fact]
    public async Task The_phone_that_an_intercom_reaches_is_told_to_answer_by_itself()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var speaker = await WirePhone.ConnectAsync(Server, "120", ProtocolType.Udp);
        await speaker.RegisterAsync();
        using var sound = new RtpTalk(takesEvents: true);
        await caller.DialAsync("*80120");
        var invite = await speaker.ExpectAsync("INVITE");
        Assert.Equal("Auto", invite["Answer-Mode"]);
        Assert.Contains("auto", invite["Alert-Info"], StringComparison.OrdinalIgnoreCase);
        await speaker.ReplyAsync(invite, 200, sound.Sdp);
        await speaker.ExpectAsync("ACK");
        sound.Talk(invite.Body);
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await speaker.ReplyAsync(await speaker.ExpectAsync("BYE"), 200);
        await stage.SilenceAsync();
    }

    private static async Task CodeAsync(Baresip phone, string code)
    {
        await phone.DialAsync(code);
        await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await phone.EventAsync("CALL_CLOSED", Stage.Patience);
        phone.Forget();
    }

    private async Task TalkAndHangUpAsync(Baresip caller, Baresip callee)
    {
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, callee);
    }
}
