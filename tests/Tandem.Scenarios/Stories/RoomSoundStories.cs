using System.Net.Sockets;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>What the members of a room hear by commands: a sound for all or for one, nothing, a talk among some; and who watches it by SIP. Tones prove it.</summary>
[Collection(StageStories.Name)]
public class RoomSoundStories(Stage stage)
{
    private const double Gong = 2_300;
    private const double Whisper = 2_500;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Sounds_reach_all_or_one_and_some_talk_among_themselves()
    {
        var phones = await stage.PhonesAsync("101", "102", "103");
        var (ada, bob, cleo) = (phones[0], phones[1], phones[2]);
        foreach (var phone in phones)
        {
            await phone.DialAsync("*6841");
            await phone.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        }

        var members = (await stage.DataAsync("/api/v1/rooms/841", r => r.GetProperty("members").GetArrayLength() == 3, "all are there")).GetProperty("members").EnumerateArray()
            .ToDictionary(m => m.GetProperty("number").GetString()!, m => m.GetProperty("member").GetInt32());
        await stage.SoundAsync("gong", Gong);
        await stage.SoundAsync("for-bob", Whisper);
        await PlayAsync(new { sound = "gong" });
        foreach (var phone in phones)
            await Hearing.UntilAsync(phone, Gong);
        await PlayAsync(new { sound = "for-bob", member = members["102"] });
        await Hearing.UntilAsync(bob, Whisper);

        await Server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/841/members/{members["103"]}", new { deaf = true });
        await Hearing.UntilAsync(cleo, [], [ada, bob]);
        await Server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/841/members/{members["103"]}", new { deaf = false });
        await Hearing.UntilAsync(cleo, [ada, bob], [cleo]);

        await Server.SendAsync(HttpMethod.Put, "/api/v1/rooms/841/group", new { members = new[] { members["101"], members["102"] } });
        await Hearing.UntilAsync(ada, [bob], [cleo]);
        await Hearing.UntilAsync(cleo, [], [ada, bob]);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/841/group");
        await Hearing.UntilAsync(ada, [bob, cleo], [ada]);
        Hearing.AssertNever(ada, Whisper);
        Hearing.AssertNever(cleo, Whisper);

        await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/841");
        await stage.SilenceAsync();
    }

    // RFC 4575: no phone of this machine watches a room; a phone of a socket does. Who is in it only members see.
    [Fact]
    public async Task Who_watches_a_room_by_sip_sees_how_many_are_in_it()
    {
        var member = (await stage.PhonesAsync("101"))[0];
        using var watcher = await WirePhone.ConnectAsync(Server, "122", ProtocolType.Udp);
        Assert.Equal(200, (await watcher.AskAsync("SUBSCRIBE", "*6842", watcher.Contact() + "Event: conference\r\nAccept: application/conference-info+xml\r\nExpires: 600\r\n")).Status);
        await member.DialAsync("*6842");
        await ToldAsync(1);
        await member.HangUpAsync();
        await ToldAsync(0);
        await stage.SilenceAsync();

        async Task ToldAsync(int count)
        {
            while (true)
            {
                var notify = await watcher.ExpectAsync("NOTIFY");
                await watcher.ReplyAsync(notify, 200);
                if (notify.Body.Contains($"user-count>{count}<", StringComparison.Ordinal))
                    return;
            }
        }
    }

    private async Task PlayAsync(object sound)
    {
        using var answer = await Server.Http.PostAsync("/api/v1/rooms/841/play", System.Net.Http.Json.JsonContent.Create(sound));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
