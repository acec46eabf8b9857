using System.Diagnostics;
using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>Calls of a recorded extension, from the answer to the file.</summary>
public class RecordingTests
{
    private const double Caller = 1000;
    private const double Callee = 700;

    // What a phone sends ahead of its clock.
    private const double Slack = 0.5;

    [Fact]
    public async Task A_call_is_recorded_in_stereo()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await server.CommandAsync("extensions", "set", "101", "--recorded", "true");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Callee });
        var clock = Stopwatch.StartNew();
        var id = await TalkAsync(server, caller);
        await Task.Delay(TimeSpan.FromSeconds(4));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
        var longest = clock.Elapsed.TotalSeconds + Slack;

        var recording = await OnlyAsync(server, "COMPLETE");
        Assert.Equal((id, "100", "101", "STEREO"), (Text(recording, "callId"), Text(recording, "callerNumber"), Text(recording, "calleeNumber"), Text(recording, "channels")));
        var (left, right) = await SoundAsync(server, scratch, recording);
        AssertTone(left, Caller, Callee);
        AssertTone(right, Callee, Caller);
        Assert.InRange(recording.GetProperty("duration").GetDouble(), 3, longest);
    }

    [Fact]
    public async Task A_pause_is_left_out_and_a_mask_is_silence()
    {
        const double Pause = 1.5;
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Callee });
        var path = $"/api/v1/calls/{await TalkAsync(server, caller)}/recording";
        var conflict = await server.SendAsync(HttpMethod.Post, path, new { action = "stop" }, 409);
        Assert.Equal("none", Text(conflict, "recording"));

        // Sound, a pause, sound, silence: five and a half seconds of call, four of recording.
        var clock = Stopwatch.StartNew();
        foreach (var (action, state, seconds) in new[] { ("start", "recording", 1.0), ("pause", "paused", Pause), ("resume", "recording", 1.0), ("mask", "masked", 2.0) })
        {
            var answer = await server.SendAsync(HttpMethod.Post, path, new { action });
            Assert.Equal(state, Text(answer.GetProperty("data"), "recording"));
            Assert.Equal(state, Text((await server.GetAsync("/api/calls"))[0], "recording"));
            await Task.Delay(TimeSpan.FromSeconds(seconds));
        }

        await server.SendAsync(HttpMethod.Post, path, new { action = "stop" });
        var longest = clock.Elapsed.TotalSeconds - Pause + Slack;
        var recording = await OnlyAsync(server, "COMPLETE");
        Assert.Equal("none", Text((await server.GetAsync("/api/calls"))[0], "recording"));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        var (left, right) = await SoundAsync(server, scratch, recording);
        var length = left.Samples.Length / (double)left.SampleRate;
        Assert.InRange(length, 3.5, longest);
        foreach (var channel in new[] { left, right })
        {
            var end = channel.Samples.AsSpan(channel.Samples.Length - (channel.SampleRate * 3 / 2));
            Assert.Equal(-1, end.IndexOfAnyExcept((short)0));
        }

        Assert.True(ToneMeter.Measure(left, Caller).Heard > TimeSpan.FromSeconds(1.5));
        await server.SendAsync(HttpMethod.Post, path, new { action = "start" }, 404);
    }

    [Fact]
    public async Task A_kill_costs_a_recording_its_last_second_at_most()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await server.CommandAsync("extensions", "set", "100", "--recorded", "true");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Callee });
        var clock = Stopwatch.StartNew();
        await TalkAsync(server, caller);
        await Task.Delay(TimeSpan.FromSeconds(4));
        server.Process.Kill();
        var longest = clock.Elapsed.TotalSeconds + Slack;
        await server.RestartAsync();

        var recording = await OnlyAsync(server, "RECOVERED");
        Assert.InRange(recording.GetProperty("duration").GetDouble(), 2.5, longest);
        var (left, right) = await SoundAsync(server, scratch, recording);
        AssertTone(left, Caller, Callee);
        AssertTone(right, Callee, Caller);
    }

    // A disk fills up while two talk: what they said until then is kept, they talk on, and nothing is recorded until there is room again.
    [Fact]
    public async Task A_full_disk_ends_recordings_and_not_calls()
    {
        using var scratch = new ScratchFolder();
        var free = new DriveInfo(scratch.Path).AvailableFreeSpace;

        // What else is written to the disk meanwhile stays below half of it.
        var filled = Math.Min(free / 4, 2L << 30);
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["RECORDING_MIN_FREE"] = $"{free - (filled / 2)}" });
        await server.CommandAsync("extensions", "set", "101", "--recorded", "true");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Caller });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Callee });
        var id = await TalkAsync(server, caller);
        await StateAsync("recording");
        await Task.Delay(TimeSpan.FromSeconds(3));
        var filling = Path.Combine(scratch.Path, "filling");
        new FileStream(filling, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = filled }).Dispose();

        var kept = await OnlyAsync(server, "RECOVERED");
        Assert.Equal("Storage", Text(kept, "endReason"));
        await StateAsync("none");
        var path = $"/api/v1/calls/{id}/recording";
        Assert.Contains("MiB left", Text(await server.SendAsync(HttpMethod.Post, path, new { action = "start" }, 503), "error"), StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(2));

        File.Delete(filling);
        await server.SendAsync(HttpMethod.Post, path, new { action = "start" });
        await StateAsync("recording");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        var recordings = await AllAsync(server, "COMPLETE");
        Assert.Equal(2, recordings.Count);
        foreach (var recording in recordings)
        {
            var (left, right) = await SoundAsync(server, scratch, recording);
            AssertTone(left, Caller, Callee);
            AssertTone(right, Callee, Caller);
        }

        foreach (var (phone, hertz) in new[] { (caller, Callee), (callee, Caller) })
        {
            var heard = phone.Heard(hertz);
            Assert.InRange(heard.Heard.TotalSeconds, 7, 60);
            Assert.InRange(heard.Gaps, 0, 5);
        }

        Task StateAsync(string state) => server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && Text(c[0], "recording") == state, $"the recording is {state}");
    }

    // The id of the call that 100 makes to 101.
    private static async Task<string> TalkAsync(TandemServer server, Baresip caller)
    {
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        var calls = await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && Text(c[0], "state") == "ESTABLISHED", "the call is there");
        return Text(calls[0], "id");
    }

    private static async Task<JsonElement> OnlyAsync(TandemServer server, string state) => Assert.Single(await AllAsync(server, state));

    // All recordings, when one of them is in that state.
    private static async Task<List<JsonElement>> AllAsync(TandemServer server, string state)
    {
        var page = await server.EventuallyAsync(
            "/api/v1/recordings", p => p.GetProperty("data").GetProperty("recordings").EnumerateArray().Count(r => Text(r, "state") == state) == 1, $"a recording is {state}");
        return [.. page.GetProperty("data").GetProperty("recordings").EnumerateArray()];
    }

    private static async Task<(WavFile Left, WavFile Right)> SoundAsync(TandemServer server, ScratchFolder scratch, JsonElement recording)
    {
        var file = Path.Combine(scratch.Sub("recordings"), "call.wav");
        await File.WriteAllBytesAsync(file, await server.Http.GetByteArrayAsync($"/api/v1/recordings/{Text(recording, "id")}/audio"));
        return (WavFile.Read(file, 0), WavFile.Read(file, 1));
    }

    private static void AssertTone(WavFile channel, double own, double other)
    {
        var tone = ToneMeter.Measure(channel, own);
        Assert.InRange(tone.Hertz, own - 1, own + 1);
        Assert.True(tone.Heard > TimeSpan.FromSeconds(2), $"{own} Hz is there for {tone.Heard} only");
        Assert.True(ToneLevel.Of(channel, other) < -45, $"{other} Hz is in the channel of {own} Hz: {ToneLevel.Of(channel, other):0.0} dB");
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
