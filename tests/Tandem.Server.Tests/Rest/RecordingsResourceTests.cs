using System.Net;
using Tandem.Calls.Calls;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media.Recording;

namespace Tandem.Server.Rest;

public sealed class RecordingsResourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<ApiServer> StartAsync() => ApiServer.StartAsync(options => options with
    {
        Media = options.Media with { Recording = options.Media.Recording with { MinFreeBytes = 0, PollInterval = TimeSpan.FromMilliseconds(5) } },
    });

    // 600 ms, left 1000, right 2000.
    private static async Task<string> RecordAsync(ApiServer server, string caller = "100", RecordingFormat format = RecordingFormat.Wav)
    {
        var recorder = server.Recordings.TryStart(new RecordingOrder(TenantId.Default, new CallId("call-" + caller), caller, "101", Format: format), out _)!;
        var left = new short[320];
        var right = new short[320];
        Array.Fill(left, (short)1000);
        Array.Fill(right, (short)2000);
        for (var i = 0; i < 30; i++)
            recorder.Write(left, right, 16000, Moment.FromMilliseconds(i * 20));
        recorder.Stop();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation))?.State is null or RecordingState.Recording)
            await timer.WaitForNextTickAsync(Cancellation);
        return recorder.Id;
    }

    [Fact]
    public async Task A_recording_is_listed_and_described()
    {
        await using var server = await StartAsync();
        Assert.Equal((200, """{"success":true,"data":{"recordings":[],"nextCursor":null}}"""), await server.GetAsync("/api/v1/recordings"));
        var id = await RecordAsync(server);
        var one = (await server.JsonAsync("/api/v1/recordings/" + id)).GetProperty("data");
        Assert.Equal(
            (id, "call-100", "100", "101", "WAV", "STEREO", "COMPLETE", 0.6, "Stopped"),
            (one.GetProperty("id").GetString(), one.GetProperty("callId").GetString(), one.GetProperty("callerNumber").GetString(), one.GetProperty("calleeNumber").GetString(),
                one.GetProperty("format").GetString(), one.GetProperty("channels").GetString(), one.GetProperty("state").GetString(), one.GetProperty("duration").GetDouble(),
                one.GetProperty("endReason").GetString()));
        Assert.Equal(64, one.GetProperty("sha256").GetString()!.Length);
        var list = (await server.JsonAsync("/api/v1/recordings")).GetProperty("data").GetProperty("recordings");
        Assert.Equal(one.GetRawText(), Assert.Single(list.EnumerateArray().ToList()).GetRawText());
    }

    [Fact]
    public async Task Its_sound_is_fetched_whole_and_in_parts()
    {
        await using var server = await StartAsync();
        var id = await RecordAsync(server);
        using var whole = await server.RawAsync(HttpMethod.Get, $"/api/v1/recordings/{id}/audio");
        Assert.Equal((HttpStatusCode.OK, "audio/wav", "bytes"), (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType, whole.Headers.AcceptRanges.Single()));
        var wav = await whole.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(44 + (9_600 * 4), wav.Length);
        Assert.Equal(("RIFF", 2, 16000), (System.Text.Encoding.ASCII.GetString(wav, 0, 4), (int)BitConverter.ToInt16(wav, 22), BitConverter.ToInt32(wav, 24)));
        Assert.Equal((1000, 2000), (BitConverter.ToInt16(wav, 44 + 400), BitConverter.ToInt16(wav, 46 + 400)));

        using var part = await server.RawAsync(HttpMethod.Get, $"/api/v1/recordings/{id}/audio", null, ("Range", "bytes=40-19999"));
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes 40-19999/{wav.Length}"), (part.StatusCode, part.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(wav[40..20_000], await part.Content.ReadAsByteArrayAsync(Cancellation));
        using var beyond = await server.RawAsync(HttpMethod.Get, $"/api/v1/recordings/{id}/audio", null, ("Range", "bytes=99999999-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Fact]
    public async Task Peaks_are_numbers_for_each_channel()
    {
        await using var server = await StartAsync();
        var id = await RecordAsync(server);
        Assert.Equal(
            (200, """{"success":true,"data":{"perSecond":10,"channels":[[3,3,3,3,3,3],[7,7,7,7,7,7]]}}"""), await server.GetAsync($"/api/v1/recordings/{id}/peaks"));
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        await using var server = await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, await RecordAsync(server, "10" + (i % 2)));

        var seen = new List<string>();
        var next = "/api/v1/recordings?limit=2";
        while (next is not null)
        {
            var page = (await server.JsonAsync(next)).GetProperty("data");
            seen.AddRange(page.GetProperty("recordings").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/recordings?limit=2&cursor=" + cursor : null;
        }

        // Those of one millisecond are in the order of their ids.
        Assert.Equal(ids.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(3, (await server.JsonAsync("/api/v1/recordings?number=100")).GetProperty("data").GetProperty("recordings").GetArrayLength());
        Assert.Equal(5, (await server.JsonAsync("/api/v1/recordings?number=101&state=complete")).GetProperty("data").GetProperty("recordings").GetArrayLength());
        Assert.Equal(0, (await server.JsonAsync("/api/v1/recordings?state=FAILED")).GetProperty("data").GetProperty("recordings").GetArrayLength());
        Assert.Equal(0, (await server.JsonAsync("/api/v1/recordings?to=2020-01-01T00:00:00Z")).GetProperty("data").GetProperty("recordings").GetArrayLength());
        Assert.Equal(2, (await server.JsonAsync("/api/v1/recordings?callId=call-101&from=2020-01-01T00:00:00Z")).GetProperty("data").GetProperty("recordings").GetArrayLength());
    }

    [Theory]
    [InlineData("/api/v1/recordings?limit=0", 400)]
    [InlineData("/api/v1/recordings?limit=501", 400)]
    [InlineData("/api/v1/recordings?state=gone", 400)]
    [InlineData("/api/v1/recordings?state=1", 400)]
    [InlineData("/api/v1/recordings?cursor=xx", 400)]
    [InlineData("/api/v1/recordings?cursor=%25", 400)]
    [InlineData("/api/v1/recordings?from=yesterday", 400)]
    [InlineData("/api/v1/recordings/nothing", 404)]
    [InlineData("/api/v1/recordings/nothing/audio", 404)]
    [InlineData("/api/v1/recordings/nothing/peaks", 404)]
    [InlineData("/api/v1/recordings/..%2F..%2Fetc%2Fpasswd/audio", 404)]
    public async Task What_cannot_be_is_refused(string path, int status)
    {
        await using var server = await StartAsync();
        Assert.Equal(status, (await server.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_recording_is_deleted_once_it_is_over()
    {
        await using var server = await StartAsync();
        var id = await RecordAsync(server);
        var entry = (await server.Storage.Recordings.FindAsync(TenantId.Default, id, Cancellation))!;
        var path = Path.Combine(server.Recordings.Folder, entry.File);
        await server.Storage.Recordings.SaveAsync(entry with { Id = "live", State = RecordingState.Recording }, Cancellation);
        await server.Storage.Recordings.SaveAsync(entry with { Id = "gone", State = RecordingState.Abandoned, EndedAt = null }, Cancellation);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Delete, "/api/v1/recordings/live")).Status);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Delete, "/api/v1/recordings/gone")).Status);
        Assert.True(File.Exists(path));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/recordings/" + id)).Status);
        Assert.False(File.Exists(path));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, "/api/v1/recordings/" + id)).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/recordings/live/audio")).Status);
    }

    [Fact]
    public async Task A_damaged_file_gives_no_wrong_sound()
    {
        await using var server = await StartAsync();
        var id = await RecordAsync(server);
        var entry = (await server.Storage.Recordings.FindAsync(TenantId.Default, id, Cancellation))!;
        var path = Path.Combine(server.Recordings.Folder, entry.File);
        var bytes = File.ReadAllBytes(path);
        bytes[2000] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(500, (await server.GetAsync($"/api/v1/recordings/{id}/peaks")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.GetAsync($"/api/v1/recordings/{id}/audio"));
    }
}
