using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>What a menu can do besides keys and people: languages, flows in flows, web services, messages, silence.</summary>
[Collection(StageStories.Name)]
public class IvrStories(Stage stage)
{
    private const double Side = 2_300;
    private const double Sorry = 2_500;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_language_a_flow_in_a_flow_a_web_service_and_a_message_lead_to_a_person()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, office) = (phones[0], phones[1]);
        using var web = new WebService(_ => new { variables = new { grade = "gold" }, next = "speak" });
        await FlowAsync("side", ("tone", new { @do = "play", prompt = $"tone:{Side}/1500" }));
        await FlowAsync(
            "rich",
            ("choose", new { @do = "menu", prompt = "silence:10000", keys = new Dictionary<string, string> { ["2"] = "german" }, wait = 30 }),
            ("german", new { @do = "language", language = "de", next = "side" }),
            ("side", new { @do = "flow", flow = "side", next = "ask" }),
            ("ask", new { @do = "http", url = web.Url, mayLeadTo = new[] { "speak", "bye" }, onError = "bye", next = "bye" }),
            ("speak", new { @do = "record", into = "wish", maxLength = 20, silence = 0, next = "grade" }),
            ("grade", new { @do = "branch", cases = new[] { new { variable = "grade", equals = "gold", next = "office" } }, otherwise = "bye" }),
            ("office", new { @do = "transfer", to = "extension:101", onFailed = "bye" }),
            ("bye", new { @do = "hangup" }));
        await stage.RuleAsync("510", new { to = "ivr:rich" });
        await caller.DialAsync("510");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.PressAsync('2');
        await stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "the message is being recorded");
        await Task.Delay(TimeSpan.FromSeconds(2));
        await caller.PressAsync('#');
        await office.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await stage.SilenceAsync();

        Hearing.AssertTalk(caller, office);
        Hearing.AssertTone(caller, Side);
        var (asked, signature) = Assert.Single(web.Asked);
        Assert.Equal(("100", "de"), (asked.GetProperty("caller").GetString(), asked.GetProperty("variables").GetProperty("language").GetString()));
        Assert.StartsWith("v1,", signature);
        var made = (await Server.GetAsync("/api/v1/recordings?limit=1")).GetProperty("data").GetProperty("recordings")[0].GetProperty("id").GetString();
        Assert.True(Hearing.Loudest(await SoundAsync($"/api/v1/recordings/{made}/audio"), Stage.ToneOf("100")) > -25, "the message is not what the caller said");
    }

    [Fact]
    public async Task A_silent_caller_and_a_web_service_that_is_away_have_ways_of_their_own()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        string away;
        using (var web = new WebService(_ => new { }))
            away = web.Url;
        await stage.SoundAsync("nobody-there", Sorry);
        await FlowAsync(
            "silent",
            ("choose", new { @do = "menu", prompt = $"tone:{Side}/600,0/100", silentPrompt = "tone:beep", keys = new Dictionary<string, string> { ["1"] = "ask" }, wait = 1, tries = 2, onSilent = "ask" }),
            ("ask", new { @do = "http", url = away, timeout = 2, onError = "sorry" }),
            ("sorry", new { @do = "hangup", prompt = "nobody-there" }));
        await stage.RuleAsync("511", new { to = "ivr:silent" });
        await caller.DialAsync("511");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTone(caller, Side);
        Hearing.AssertTone(caller, Sorry);
        var counts = await stage.DataAsync("/api/v1/ivr/flows/silent/counts", c => Count(c, "sorry", "done") == 1, "the last step is counted");
        Assert.Equal((1, 1), (Count(counts, "choose", "silent"), Count(counts, "ask", "failed")));
    }

    [Fact]
    public async Task Wrong_keys_are_told_and_the_way_is_in_the_record()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        await FlowAsync(
            "wrong",
            ("choose", new { @do = "menu", prompt = "silence:10000", invalidPrompt = $"tone:{Side}/600", keys = new Dictionary<string, string> { ["1"] = "bye" }, wait = 30, tries = 2, onInvalid = "bye" }),
            ("bye", new { @do = "hangup", prompt = $"tone:{Sorry}/600" }));
        await stage.RuleAsync("513", new { to = "ivr:wrong" });
        await caller.DialAsync("513");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.PressAsync('7');
        await Hearing.UntilAsync(caller, Side);
        await caller.PressAsync('8');
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTone(caller, Sorry);
        await stage.DataAsync("/api/v1/cdrs?limit=1", c => c.GetProperty("cdrs")[0].GetProperty("ivrPath").GetString() == "wrong/choose/bye", "the record has the way");
        Assert.Equal(1, Count(await stage.DataAsync("/api/v1/ivr/flows/wrong/counts", c => Count(c, "bye", "done") == 1, "the last step is counted"), "choose", "invalid"));
    }

    // Flows that lead into each other are saved one by one, and no check sees all of them: a run has a floor, and the caller is told and let go.
    [Fact]
    public async Task Flows_that_lead_into_each_other_have_a_floor_and_every_way_ends()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        await stage.SoundAsync("deep-sorry", Sorry);
        await FlowAsync("deep-b", ("tone", new { @do = "play", prompt = $"tone:{Side}/600" }));
        foreach (var (flow, other) in new[] { ("deep-a", "deep-b"), ("deep-b", "deep-a") })
        {
            await Server.SendAsync(HttpMethod.Put, $"/api/v1/ivr/flows/{flow}", new
            {
                start = "tone",
                onError = "sorry",
                steps = new Dictionary<string, object>
                {
                    ["tone"] = new { @do = "play", prompt = $"tone:{Side}/600", next = "down" },
                    ["down"] = new { @do = "flow", flow = other },
                    ["sorry"] = new { @do = "hangup", prompt = "deep-sorry" },
                },
            });
        }

        await stage.RuleAsync("514", new { to = "ivr:deep-a" });
        await caller.DialAsync("514");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTone(caller, Side);
        Hearing.AssertTone(caller, Sorry);
    }

    // What the queue, the room and the mailbox of a flow are: the same places that a number leads to.
    [Fact]
    public async Task Keys_lead_to_a_queue_a_room_and_a_mailbox()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, member) = (phones[0], phones[1]);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "of-menu", number = "751", overflow = "voicemail:102" }, 201);
        await FlowAsync(
            "places",
            ("choose", new { @do = "menu", prompt = "silence:10000", keys = new Dictionary<string, string> { ["1"] = "queue", ["2"] = "room", ["3"] = "box" }, wait = 30 }),
            ("queue", new { @do = "queue", queue = "of-menu" }),
            ("room", new { @do = "conference", room = "77" }),
            ("box", new { @do = "voicemail", mailbox = "102" }));
        await stage.RuleAsync("512", new { to = "ivr:places" });
        await member.DialAsync("*677");
        await member.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        foreach (var (key, isThere) in new (char, Func<Task>)[] { ('1', MessageAsync), ('3', MessageAsync), ('2', () => stage.DataAsync("/api/v1/rooms/77", r => r.GetProperty("members").GetArrayLength() == 2, "the caller is in the room")) })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            caller.Forget();
            await caller.DialAsync("512");
            await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            await caller.PressAsync(key);
            await isThere();
            if (key == '2')
            {
                await Hearing.UntilAsync(caller, [member], [caller]);
                await Hearing.UntilAsync(member, [caller], [member]);
            }

            await caller.HangUpAsync();
            await Server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 1, "the caller is gone", Stage.Patience);
        }

        await member.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, member);
    }

    private Task MessageAsync() => stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "the message is being recorded");

    private Task<JsonElement> FlowAsync(string id, params (string Name, object Step)[] steps) =>
        Server.SendAsync(HttpMethod.Put, $"/api/v1/ivr/flows/{id}", new { start = steps[0].Name, steps = steps.ToDictionary(step => step.Name, step => step.Step) });

    private static long Count(JsonElement counts, string step, string what) =>
        counts.EnumerateArray().Where(one => one.GetProperty("step").GetString() == step).Sum(one => one.GetProperty(what).GetInt64());

    private async Task<WavFile> SoundAsync(string path)
    {
        var file = Path.Combine(stage.Scratch.Sub("heard"), Guid.NewGuid() + ".wav");
        await File.WriteAllBytesAsync(file, await Server.Http.GetByteArrayAsync(path));
        return WavFile.Read(file);
    }
}
