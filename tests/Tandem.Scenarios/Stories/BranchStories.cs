using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>Ways of a menu by hour and by caller, words that a speech tool says, callers who are sent on out of a mailbox and a slot, and a call that is asked for twice. Tones prove who hears whom.</summary>
[Collection(StageStories.Name)]
public class BranchStories(Stage stage)
{
    private const double Stranger = 2_300;
    private const double Wrong = 2_500;

    private TandemServer Server => stage.Server;

    // The first case is of a day that is over, the two others are of every hour of every day.
    [Fact]
    public async Task A_menu_goes_by_the_hour_and_by_who_calls()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (known, office, other) = (phones[0], phones[1], phones[2]);
        await FlowAsync(
            "who",
            ("who", new { @do = "branch", cases = new object[] { new { caller = "100", next = "when" } }, otherwise = "stranger" }),
            ("when", new
            {
                @do = "branch",
                cases = new object[] { new { dates = "2001-01-01", next = "wrong" }, new { hours = "00:00-12:00", days = "mon-sun", next = "office" }, new { hours = "12:00-00:00", days = "mon-sun", next = "office" } },
                otherwise = "wrong",
            }),
            ("office", new { @do = "transfer", to = "extension:101", onFailed = "wrong" }),
            ("wrong", new { @do = "hangup", prompt = $"tone:{Wrong}/1500" }),
            ("stranger", new { @do = "hangup", prompt = $"tone:{Stranger}/1500" }));
        await stage.RuleAsync("516", new { to = "ivr:who" });

        await known.DialAsync("516");
        await TalkAsync(known, office);
        await known.HangUpAsync();
        await office.EventAsync("CALL_CLOSED", Stage.Patience);
        await other.DialAsync("516");
        await other.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await other.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertNever(known, Wrong);
        Hearing.AssertNever(known, Stranger);
        Hearing.AssertTone(other, Stranger);
        Hearing.AssertNever(other, Wrong);
    }

    // A sentence of some three seconds, and neither silence nor a tone.
    [Fact]
    public async Task A_menu_says_what_its_text_says()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        await FlowAsync("speaks", ("speak", new { @do = "say", text = "Good morning. You have reached the office of ${caller}. Please hold the line.", next = "bye" }), ("bye", new { @do = "hangup" }));
        await stage.RuleAsync("517", new { to = "ivr:speaks" });
        await caller.DialAsync("517");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        var heard = caller.Recording();
        var levels = Levels(heard);
        var loud = levels.Count(level => level > -35);
        Assert.True(loud > 75, $"speech is there for {loud * 20} ms only");
        Assert.True(levels.Where(level => level > -35).Max() - levels.Where(level => level > -35).Min() > 6, "what is heard is as even as a tone");
    }

    [Fact]
    public async Task A_caller_is_sent_on_out_of_a_mailbox()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, target) = (phones[0], phones[1]);
        await stage.RuleAsync("621", new { to = "voicemail:107" });
        await caller.DialAsync("621");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await CommandAsync("100", new { command = "transfer", to = "101" });
        await TalkAsync(caller, target);
        await target.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    [Fact]
    public async Task A_caller_is_sent_on_out_of_a_slot()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        var (caller, first, second) = (phones[0], phones[1], phones[2]);
        await caller.DialAsync("101");
        await TalkAsync(caller, first);
        await CommandAsync("100", new { command = "park", leg = "caller", slot = "734" });
        await stage.DataAsync("/api/v1/parking", p => p.GetArrayLength() == 1 && p[0].GetProperty("slot").GetString() == "734", "he is parked");
        await CommandAsync("100", new { command = "transfer", to = "102" });
        await TalkAsync(caller, second);
        await stage.DataAsync("/api/v1/parking", p => p.GetArrayLength() == 0, "the slot is free");
        await caller.HangUpAsync();
        await second.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    // The answer was lost, so the program asks again: the phone rings once, and its call goes on.
    [Fact]
    public async Task A_call_that_is_asked_for_twice_with_one_key_is_made_once()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var key = Guid.NewGuid().ToString();
        var first = await CallAsync(key);
        await phones[0].EventAsync("CALL_ESTABLISHED", Stage.Patience);
        Assert.Equal(first, await CallAsync(key));
        await TalkAsync(phones[0], phones[1]);
        Assert.Equal(first, await CallAsync(key));
        Assert.Equal(1, (await Server.GetAsync("/api/calls")).GetArrayLength());
        await phones[1].HangUpAsync();
        await phones[0].EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
    }

    private static async Task TalkAsync(Baresip one, Baresip other)
    {
        await Hearing.UntilAsync(one, [other], [one]);
        await Hearing.UntilAsync(other, [one], [other]);
    }

    // Of 20 ms each, dB below full scale.
    private static List<double> Levels(WavFile sound)
    {
        var window = sound.SampleRate / 50;
        return
        [
            .. sound.Samples.Chunk(window).Select(samples => 10 * Math.Log10(Math.Max(1e-9, samples.Average(sample => (double)sample * sample) / (32_768.0 * 32_768)))),
        ];
    }

    private async Task<string> CallAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/calls")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { from = "100", to = "101" }), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == 201, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("id").GetString()!;
    }

    private async Task CommandAsync(string caller, object command)
    {
        // Who was parked a moment ago has the call that ends and the one that waits.
        bool IsHis(JsonElement one) => one.GetProperty("fromNumber").GetString() == caller;
        var calls = await Server.EventuallyAsync("/api/calls", all => all.EnumerateArray().Count(IsHis) == 1, $"{caller} has one call", Stage.Patience);
        var id = calls.EnumerateArray().Single(IsHis).GetProperty("id").GetString();
        await Server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/commands", command, 202);
    }

    private Task FlowAsync(string name, params (string Name, object Step)[] steps) =>
        Server.SendAsync(HttpMethod.Put, $"/api/v1/ivr/flows/{name}", new { start = steps[0].Name, steps = steps.ToDictionary(step => step.Name, step => step.Step) });
}
