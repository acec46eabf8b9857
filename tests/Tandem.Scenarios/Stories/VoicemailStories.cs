using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>A mailbox by phone: its own greeting, calling back, deleting, and the PIN. The lamp is in <see cref="VoicemailAndQueueTests"/>.</summary>
[Collection(StageStories.Name)]
public class VoicemailStories(Stage stage)
{
    private const string Messages = "/api/v1/mailboxes/101/messages";

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Callers_hear_the_owners_greeting_and_he_calls_back_and_deletes()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, owner) = (phones[0], phones[1]);
        await OpenAsync(owner, "*97");
        await owner.PressAsync('2');
        await RecordingAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await owner.PressAsync('#');
        await stage.DataAsync("/api/v1/mailboxes/101/voicemail", box => box.GetProperty("hasGreeting").GetBoolean(), "the greeting is kept");
        await owner.HangUpAsync();
        await stage.SilenceAsync();

        await stage.RuleAsync("530", new { to = "voicemail:101" });
        await caller.DialAsync("530");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await RecordingAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertHeard(caller, owner);
        await stage.DataAsync(Messages, m => m.GetArrayLength() == 1, "the message is there");

        caller.Forget();
        owner.Forget();
        await OpenAsync(owner, "*97");
        await owner.PressAsync('1');
        await HeardAsync();
        await owner.PressAsync('4');
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Hearing.UntilAsync(owner, [caller], [owner]);
        await Hearing.UntilAsync(caller, [owner], [caller]);
        await owner.HangUpAsync();
        await stage.SilenceAsync();

        caller.Forget();
        owner.Forget();
        await OpenAsync(owner, "*97");
        await owner.PressAsync('1');
        await Task.Delay(TimeSpan.FromSeconds(1));
        await owner.PressAsync('3');
        await stage.DataAsync(Messages, m => m.GetArrayLength() == 0, "the message is deleted");
        await owner.HangUpAsync();
        await stage.SilenceAsync();
    }

    [Fact]
    public async Task Another_phone_opens_the_box_with_its_PIN_alone()
    {
        var phone = (await stage.PhonesAsync("103"))[0];
        await Server.SendAsync(HttpMethod.Put, "/api/v1/mailboxes/104/voicemail/pin", new { pin = "2468" });
        await OpenAsync(phone, "*98104");
        await phone.TypeAsync("1357#");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await phone.TypeAsync("2468#");
        await phone.PressAsync('2');
        await RecordingAsync();
        await phone.HangUpAsync();
        await stage.SilenceAsync();
        Assert.False((await Server.GetAsync("/api/v1/mailboxes/104/voicemail")).GetProperty("data").GetProperty("hasGreeting").GetBoolean());
    }

    // Whoever follows the events gets the message without asking for it: the event says where its sound is.
    [Fact]
    public async Task A_message_is_told_as_an_event_with_the_way_to_its_sound()
    {
        var caller = (await stage.PhonesAsync("100"))[0];
        using var events = await EventFollower.ConnectAsync(Server, "types=voicemail.*");
        await stage.RuleAsync("531", new { to = "voicemail:106" });
        await caller.DialAsync("531");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await RecordingAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await caller.HangUpAsync();
        var told = await events.NextAsync("voicemail.new");
        Assert.Equal(("106", "100"), (EventFollower.Text(told, "mailbox"), EventFollower.Text(told, "caller")));
        var file = Path.Combine(stage.Scratch.Sub("heard"), Guid.NewGuid() + ".wav");
        await File.WriteAllBytesAsync(file, await Server.Http.GetByteArrayAsync(EventFollower.Text(told, "audio")));
        Assert.True(Hearing.Loudest(WavFile.Read(file), caller.Options.ToneHertz) > -24, "the message is not what the caller said");
        await Server.SendAsync(HttpMethod.Delete, $"/api/v1/mailboxes/106/messages/{EventFollower.Text(told, "messageId")}");
        await events.NextAsync("voicemail.deleted");
        await stage.SilenceAsync();
    }

    private static async Task OpenAsync(Baresip phone, string code)
    {
        await phone.DialAsync(code);
        await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
    }

    private Task<JsonElement> RecordingAsync() => stage.DataAsync("/api/v1/recordings?state=RECORDING", r => r.GetProperty("recordings").GetArrayLength() == 1, "it is being recorded");

    private Task<JsonElement> HeardAsync() => stage.DataAsync(Messages, m => m[0].GetProperty("heard").GetBoolean(), "the message was played");
}
