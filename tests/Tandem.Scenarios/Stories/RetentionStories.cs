using System.Net;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>Recordings by the rule of a trunk, on an exchange that keeps them for seconds: what is held stays, what is not goes and is named; a link opens for its time.</summary>
[Collection(OpenStageStories.Name)]
public class RetentionStories(OpenStage stage)
{
    private const double Office = 2_450;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task The_rule_of_a_trunk_records_and_what_nobody_holds_is_deleted_in_time_and_named()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var office = await Baresip.StartAsync(
            stage.Scratch, new BaresipOptions("+4930111333", Server) { ToneHertz = Office, ToneAmplitude = 6_000, Register = false, Seconds = 300 }, expectRegistered: false);
        var trunk = (await Server.SendAsync(
            HttpMethod.Post, "/api/v1/profiles", new { name = "taped", server = "127.0.0.1", port = office.SipPort, registers = false, prefixes = new[] { "192.0.2.77/32" }, countryCode = "49" }, 201))
            .GetProperty("data").GetProperty("id").GetString()!;
        await stage.RuleAsync("606", new { to = "trunk:+4930111333@" + trunk });
        await Server.SendAsync(HttpMethod.Put, $"/api/v1/recording-rules/trunk:{trunk}", new { mode = "always" });

        // Held while it is made, it is there for as long as it is held.
        var kept = await RecordedAsync(isHeld: true);
        var gone = await RecordedAsync(isHeld: false);
        await UntilGoneAsync(gone);
        var told = await Server.EventuallyAsync($"/api/v1/audit?action=recording.expired&target={gone}", a => a.GetProperty("data").GetProperty("entries").GetArrayLength() == 1, "it is in the audit log", Stage.Patience);
        Assert.Equal(gone, told.GetProperty("data").GetProperty("entries")[0].GetProperty("target").GetString());

        var sound = await Server.Http.GetByteArrayAsync($"/api/v1/recordings/{kept}/audio");
        Assert.True(Hearing.Loudest(Read(sound, 0), caller.Options.ToneHertz) > -24, "the caller is not in it");
        Assert.True(Hearing.Loudest(Read(sound, 1), Office) > -24, "the office is not in it");
        var link = (await Server.SendAsync(HttpMethod.Post, $"/api/v1/recordings/{kept}/link", new { expiresSeconds = 5 })).GetProperty("data");
        Assert.Equal(sound, await Server.Http.GetByteArrayAsync(link.GetProperty("path").GetString()));
        await ShutAsync(link.GetProperty("path").GetString()!);
        Assert.True(DateTimeOffset.UtcNow >= link.GetProperty("expiresAt").GetDateTimeOffset(), "the link did not open for its time");

        await Server.SendAsync(HttpMethod.Delete, $"/api/v1/recordings/{kept}/hold");
        await UntilGoneAsync(kept);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + trunk);

        async Task<string> RecordedAsync(bool isHeld)
        {
            caller.Forget();
            office.Forget();
            await caller.DialAsync("606");
            await office.EventAsync("CALL_ESTABLISHED", Stage.Patience);
            var id = (await stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "it is recorded")).GetProperty("recordings")[0].GetProperty("id").GetString()!;
            if (isHeld)
                await Server.SendAsync(HttpMethod.Put, $"/api/v1/recordings/{id}/hold", new { });
            await Hearing.UntilAsync(caller, [office], [caller]);
            await Hearing.UntilAsync(office, [caller], [office]);
            await caller.HangUpAsync();
            await caller.EventAsync("CALL_CLOSED", Stage.Patience);
            await stage.SilenceAsync();
            return id;
        }
    }

    // Messages have the time of recordings here, which is seconds; 105 is in no other story of this stage.
    [Fact]
    public async Task A_greeting_does_not_age_a_message_does_and_a_removed_mailbox_leaves_nothing()
    {
        const string Box = "/api/v1/mailboxes/105/";
        var phones = await stage.PhonesAsync("100", "105");
        var (caller, owner) = (phones[0], phones[1]);
        await owner.DialAsync("*97");
        await owner.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await owner.PressAsync('2');
        var greeting = await RecordingAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await owner.PressAsync('#');
        await stage.DataAsync(Box + "voicemail", box => box.GetProperty("hasGreeting").GetBoolean(), "the greeting is kept");
        await owner.HangUpAsync();
        await stage.SilenceAsync();

        await stage.RuleAsync("608", new { to = "voicemail:105" });
        await caller.DialAsync("608");
        await Hearing.UntilAsync(caller, owner.Options.ToneHertz);
        var message = await RecordingAsync();

        // Held until it was seen in the box: a look that comes late on a busy machine would find it gone already.
        await Server.SendAsync(HttpMethod.Put, $"/api/v1/recordings/{message}/hold", new { });
        await Task.Delay(TimeSpan.FromSeconds(2));
        await caller.HangUpAsync();
        await stage.DataAsync(Box + "messages", m => m.GetArrayLength() == 1, "the message is there");
        await Server.SendAsync(HttpMethod.Delete, $"/api/v1/recordings/{message}/hold");
        await stage.DataAsync(Box + "messages", m => m.GetArrayLength() == 0, "the message is too old");
        await UntilGoneAsync(message);
        Assert.Equal(HttpStatusCode.OK, (await Server.Http.GetAsync($"/api/v1/recordings/{greeting}/audio")).StatusCode);

        await Server.SendAsync(HttpMethod.Delete, "/api/v1/extensions/105");
        await UntilGoneAsync(greeting);
        await Server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "105", secret = TandemServer.Secret }, 201);
        Assert.False((await Server.GetAsync(Box + "voicemail")).GetProperty("data").GetProperty("hasGreeting").GetBoolean());

        async Task<string> RecordingAsync() => (await stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "it is being recorded"))
            .GetProperty("recordings")[0].GetProperty("id").GetString()!;
    }

    private Task UntilGoneAsync(string recording) =>
        stage.DataAsync("/api/v1/recordings", r => r.GetProperty("recordings").EnumerateArray().All(one => one.GetProperty("id").GetString() != recording), "it is deleted");

    private async Task ShutAsync(string path)
    {
        for (var until = DateTime.UtcNow.AddSeconds(Stage.Patience); ; await Task.Delay(100))
        {
            using var answer = await Server.Http.GetAsync(path);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return;
            Assert.True(DateTime.UtcNow < until, $"the link still opens: {answer.StatusCode}");
        }
    }

    private WavFile Read(byte[] sound, int channel)
    {
        var file = Path.Combine(stage.Scratch.Sub("heard"), Guid.NewGuid() + ".wav");
        File.WriteAllBytes(file, sound);
        return WavFile.Read(file, channel);
    }
}
