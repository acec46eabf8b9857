using System.Net;
using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>What is recorded by rule, by key and by chance, and how it is fetched. The tones in the files are those of the phones.</summary>
[Collection(StageStories.Name)]
public class RecordingStories(Stage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Keys_begin_pause_and_end_a_recording_that_is_fetched_in_parts_by_a_link_and_held()
    {
        var (caller, callee) = await ConnectAsync("100", "101");
        foreach (var (keys, state) in new[] { ("*1", "recording"), ("*2", "paused"), ("*2", "recording"), ("*1", "none") })
        {
            await caller.TypeAsync(keys);
            await Server.EventuallyAsync("/api/calls", c => c[0].GetProperty("recording").GetString() == state, $"it is {state}", Stage.Patience);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var recording = await OfCallAsync("COMPLETE");
        await caller.HangUpAsync();
        await stage.SilenceAsync();

        var path = $"/api/v1/recordings/{recording}";
        var whole = await Server.Http.GetByteArrayAsync(path + "/audio");
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "/audio");
        request.Headers.Range = new(1_000, 8_999);
        using var part = await Server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal($"bytes 1000-8999/{whole.Length}", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(whole[1_000..9_000], await part.Content.ReadAsByteArrayAsync());
        AssertTones(whole, caller, callee);

        var link = (await Server.SendAsync(HttpMethod.Post, path + "/link", new { expiresSeconds = 60 })).GetProperty("data").GetProperty("path").GetString();
        Assert.Equal(whole, await Server.Http.GetByteArrayAsync(link));
        await Server.SendAsync(HttpMethod.Put, path + "/hold", new { });
        await Server.SendAsync(HttpMethod.Delete, path, status: 409);
        await Server.SendAsync(HttpMethod.Delete, path + "/hold");
        await Server.SendAsync(HttpMethod.Delete, path);
        await Server.SendAsync(HttpMethod.Get, path, status: 404);
    }

    // Both hear the announcement; what is kept begins behind it.
    [Fact]
    public async Task A_rule_records_with_consent_another_never_and_chance_follows_its_percentage()
    {
        const double Announcement = 2_400;
        await stage.SoundAsync("consent", Announcement);
        await RuleAsync(new { mode = "always", announcement = "consent" });
        var (caller, callee) = await ConnectAsync("100", "101");
        await Server.EventuallyAsync("/api/calls", c => c[0].GetProperty("recording").GetString() == "recording", "it is recorded", Stage.Patience);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        var recording = await OfCallAsync("COMPLETE");
        Hearing.AssertTone(caller, Announcement);
        Hearing.AssertTone(callee, Announcement);
        var one = (await Server.GetAsync($"/api/v1/recordings/{recording}")).GetProperty("data");
        Assert.Equal(JsonValueKind.String, one.GetProperty("consentAt").ValueKind);
        var sound = await Server.Http.GetByteArrayAsync($"/api/v1/recordings/{recording}/audio");
        AssertTones(sound, caller, callee);
        Assert.True(Hearing.Loudest(Read(sound, 0), Announcement) < -34, "the announcement was recorded");

        foreach (var (rule, keys, state) in new (object, string, string)[]
        {
            (new { mode = "never" }, "*1", "none"),
            (new { mode = "percent", percent = 0 }, "", "none"),
            (new { mode = "percent", percent = 100 }, "", "recording"),
        })
        {
            await RuleAsync(rule);
            (caller, _) = await ConnectAsync("100", "101");
            await caller.TypeAsync(keys);
            if (state == "none")
                await Task.Delay(TimeSpan.FromSeconds(1));
            await Server.EventuallyAsync("/api/calls", c => c[0].GetProperty("recording").GetString() == state, $"{rule}: {state}", Stage.Patience);
            await caller.HangUpAsync();
            await stage.SilenceAsync();
        }

        await Server.SendAsync(HttpMethod.Delete, "/api/v1/recording-rules/extension:101");
    }

    private Task RuleAsync(object rule) => Server.SendAsync(HttpMethod.Put, "/api/v1/recording-rules/extension:101", rule);

    private async Task<(Baresip Caller, Baresip Callee)> ConnectAsync(string from, string to)
    {
        var phones = await stage.PhonesAsync(from, to);
        await phones[0].DialAsync(to);
        await phones[0].EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        return (phones[0], phones[1]);
    }

    private async Task<string> OfCallAsync(string state) =>
        (await stage.DataAsync("/api/v1/recordings?limit=1&number=101", r => r.GetProperty("recordings").EnumerateArray().Any(one => one.GetProperty("state").GetString() == state), $"the recording is {state}"))
        .GetProperty("recordings")[0].GetProperty("id").GetString()!;

    private void AssertTones(byte[] sound, Baresip caller, Baresip callee)
    {
        Assert.True(Hearing.Loudest(Read(sound, 0), caller.Options.ToneHertz) > -24, "the caller is not in it");
        Assert.True(Hearing.Loudest(Read(sound, 1), callee.Options.ToneHertz) > -24, "the callee is not in it");
    }

    private WavFile Read(byte[] sound, int channel)
    {
        var file = Path.Combine(stage.Scratch.Sub("heard"), Guid.NewGuid() + ".wav");
        File.WriteAllBytes(file, sound);
        return WavFile.Read(file, channel);
    }
}
