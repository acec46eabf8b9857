using Tandem.Scenarios.Peers;
using Tandem.Scenarios.Stories;

namespace Tandem.Scenarios;

/// <summary>PostgreSQL is away while a caller leaves a message: it is in its mailbox when PostgreSQL is back, with the lamp.</summary>
public class VoicemailWaitsTests
{
    private const double Message = 640;
    private const int Patience = 60;

    [Fact]
    public async Task A_message_that_is_left_while_PostgreSQL_is_away_is_in_its_mailbox_when_it_is_back()
    {
        using var scratch = new ScratchFolder();
        using var postgres = await Postgres.StartAsync(scratch);
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["POSTGRES_URL"] = postgres.Url, ["VOICEMAIL_WAITING_RETRY"] = "1" });
        await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/r530", new { numbers = new[] { "530" }, actions = new[] { new { to = "voicemail:101" } } });
        using var owner = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { HasLamp = true });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Message });
        await owner.LampAsync(isOn: false, Patience);

        await postgres.KillAsync();
        await caller.DialAsync("530");
        await caller.EventAsync("CALL_ESTABLISHED", Patience);
        await FileAsync(server, "recordings", "*.rec");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await caller.HangUpAsync();
        await FileAsync(server, "voicemail", "*.json");
        await postgres.StartAsync();

        await owner.LampAsync(isOn: true, Patience);
        var messages = await server.EventuallyAsync("/api/v1/mailboxes/101/messages", r => r.GetProperty("data").GetArrayLength() == 1, "the message is there", Patience);
        Assert.Equal("100", messages.GetProperty("data")[0].GetProperty("caller").GetString());
        await FileAsync(server, "voicemail", "*.json", isThere: false);
        await owner.HearMessageAsync(server, Patience);
        Hearing.AssertTone(owner, Message);
    }

    // Nothing but the disk says so while the database is away.
    private static async Task FileAsync(TandemServer server, string folder, string pattern, bool isThere = true)
    {
        var path = Path.Combine(server.DataFolder, folder);
        for (var until = DateTime.UtcNow.AddSeconds(Patience); (Directory.Exists(path) && Directory.GetFiles(path, pattern, SearchOption.AllDirectories).Length > 0) != isThere; await Task.Delay(50))
            Assert.True(DateTime.UtcNow < until, $"{pattern} in {folder}: {!isThere}\n{server.Process.Output}");
    }
}
