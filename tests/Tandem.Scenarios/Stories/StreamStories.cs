using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>Programs that follow the events of real calls: what each is told, what filters leave out, what is sent again after a pause, and who is dropped.</summary>
[Collection(OpenStageStories.Name)]
public class StreamStories(OpenStage stage)
{
    private TandemServer Server => stage.Server;

    [Fact]
    public async Task Filters_hold_and_who_comes_back_gets_the_same_events_again()
    {
        var phones = await stage.PhonesAsync("100", "101", "102", "103");
        using var all = await EventFollower.ConnectAsync(Server, "");
        using var ofExtension = await EventFollower.ConnectAsync(Server, "types=call.*&extension=103");
        using var ofTypes = await EventFollower.ConnectAsync(Server, "types=call.dtmf,call.held,recording.*");
        await phones[0].DialAsync("101");
        var one = await CallAsync("100");
        await phones[2].DialAsync("103");
        var other = await CallAsync("102");
        using var ofCall = await EventFollower.ConnectAsync(Server, $"call={one}");

        await phones[0].PressAsync('7');
        Assert.Equal("7", EventFollower.Text(await all.NextAsync("call.dtmf"), "digit"));
        await phones[0].TypeAsync("*1");
        await all.NextAsync(e => EventFollower.Type(e) == "recording.changed" && EventFollower.Text(e, "recording") == "RECORDING", "it is recorded");
        await phones[0].HoldAsync();
        Assert.Equal("CALLER", EventFollower.Text(await all.NextAsync("call.held"), "by"));
        await phones[0].ResumeAsync();
        await all.NextAsync("call.resumed");
        await phones[2].HangUpAsync();
        await all.NextAsync(e => EventFollower.Type(e) == "call.ended" && Id(e) == other, "the other call ended");
        await phones[1].HangUpAsync();
        var end = await all.NextAsync(e => EventFollower.Type(e) == "call.ended" && Id(e) == one, "the call ended");
        Assert.Equal(("CALLEE", 200), (EventFollower.Text(end, "endedBy"), end.GetProperty("data").GetProperty("sipStatus").GetInt32()));
        await stage.SilenceAsync();

        // Without gaps; each filter has what fits of the same, in the same order.
        var last = end.GetProperty("sequence").GetInt64();
        var numbers = all.Seen.Select(Number).ToArray();
        Assert.Equal(Enumerable.Range(0, numbers.Length).Select(i => numbers[0] + i), numbers);
        await ofExtension.NextAsync(e => EventFollower.Type(e) == "call.ended", "the end of the call of 103");
        Assert.Equal(["call.created", "call.ringing", "call.answered", "call.ended"], ofExtension.Seen.Select(EventFollower.Type));
        Assert.All(ofExtension.Seen, e => Assert.Equal(other, Id(e)));
        await ofCall.NextAsync("call.ended");
        Assert.All(ofCall.Seen, e => Assert.Equal(one, Id(e)));
        Assert.Contains(ofCall.Seen, e => EventFollower.Type(e) == "call.held");
        await ofTypes.NextAsync("call.held");
        Assert.Contains(ofTypes.Seen, e => EventFollower.Type(e) == "call.dtmf");
        Assert.All(ofTypes.Seen, e => Assert.Contains(EventFollower.Type(e), new[] { "call.dtmf", "call.held", "recording.changed" }));

        // Who was away, or is new, gets from any number on what the others got, byte by byte.
        var middle = all.Seen[all.Seen.Count / 2];
        using var back = await EventFollower.ConnectAsync(Server, $"after={Number(middle)}");
        await back.NextAsync(e => Number(e) == last, "the last one");
        Assert.Equal(all.Seen.Where(e => Number(e) > Number(middle) && Number(e) <= last).Select(Text), back.Seen.Select(Text));
    }

    // A room whose members are muted again and again makes events as fast as wanted, while somebody is in it.
    [Fact]
    public async Task Who_does_not_read_is_dropped_with_the_number_to_come_back_with_and_has_missed_nothing()
    {
        var member = (await stage.PhonesAsync("101"))[0];
        await member.DialAsync("*6860");
        var seat = (await stage.DataAsync("/api/v1/rooms", r => r.EnumerateArray().Any(room => room.GetProperty("name").GetString() == "860"), "the room is there"))
            .EnumerateArray().Single(room => room.GetProperty("name").GetString() == "860").GetProperty("members")[0].GetProperty("member").GetInt32();
        using var slow = await EventFollower.ConnectAsync(Server, "", receiveBuffer: 4_096);
        var isMuted = false;
        for (var until = DateTime.UtcNow.AddSeconds(Stage.Patience); await LagAsync() <= OpenStage.MaxLag + 10;)
        {
            Assert.True(DateTime.UtcNow < until, "it does not fall behind");
            for (var i = 0; i < 50; i++)
                await Server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/860/members/{seat}", new { muted = isMuted = !isMuted });
        }

        // It begins to read: some come, and then why there are no more.
        var (code, text) = await slow.ClosedAsync();
        Assert.Equal((4_008, $"come back with after={slow.Last}"), (code, text[(text.IndexOf("; ", StringComparison.Ordinal) + 2)..]));
        await member.HangUpAsync();
        using var back = await EventFollower.ConnectAsync(Server, $"after={slow.Last}");
        await back.NextAsync("conference.ended");
        var numbers = slow.Seen.Concat(back.Seen).Select(Number).ToArray();
        Assert.Equal(Enumerable.Range(0, numbers.Length).Select(i => numbers[0] + i), numbers);
        await stage.SilenceAsync();

        async Task<long> LagAsync() => (long)double.Parse(
            (await Server.Http.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith("tandem_event_stream_lag_events", StringComparison.Ordinal)).Split(' ')[^1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? Id(JsonElement e) => e.GetProperty("callId").GetString();

    private static long Number(JsonElement e) => e.GetProperty("sequence").GetInt64();

    private static string Text(JsonElement e) => e.GetRawText();

    private async Task<string> CallAsync(string caller)
    {
        var calls = await Server.EventuallyAsync("/api/calls", c => c.EnumerateArray().Any(IsIt), $"{caller} talks", Stage.Patience);
        return calls.EnumerateArray().Single(IsIt).GetProperty("id").GetString()!;

        bool IsIt(JsonElement call) => call.GetProperty("fromNumber").GetString() == caller && call.GetProperty("state").GetString() == "ESTABLISHED";
    }
}
