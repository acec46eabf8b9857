using System.Diagnostics;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>The main job of the exchange: 100 calls 101, both hear the other's tone, and the API tells the truth about it.</summary>
public class TwoPhonesTalkTests
{
    [Fact]
    public async Task Two_phones_register_and_hear_each_other()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });

        var clock = Stopwatch.StartNew();
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(6));

        var call = Assert.Single((await server.GetAsync("/api/calls")).EnumerateArray());
        Assert.Equal("100", call.GetProperty("fromNumber").GetString());
        Assert.Equal("101", call.GetProperty("toNumber").GetString());
        Assert.Equal("ESTABLISHED", call.GetProperty("state").GetString());
        Assert.InRange(call.GetProperty("duration").GetDouble(), 5, clock.Elapsed.TotalSeconds);
        var callId = call.GetProperty("callId").GetString();

        var streams = (await server.GetAsync("/api/rtp-streams")).EnumerateArray().ToList();
        Assert.Equal([callId, callId + "_reverse"], streams.Select(s => s.GetProperty("callId").GetString()));
        var statistics = await server.GetAsync("/api/statistics");
        Assert.Equal(1, statistics.GetProperty("calls").GetProperty("activeCalls").GetInt32());
        Assert.Equal(2, statistics.GetProperty("users").GetProperty("activeUsers").GetInt32());

        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
        var longest = clock.Elapsed.TotalSeconds;

        foreach (var (phone, hertz) in new[] { (caller, 700.0), (callee, 1000.0) })
        {
            var heard = phone.Heard(hertz);
            Assert.InRange(heard.Hertz, hertz - 1, hertz + 1);
            Assert.True(heard.Heard > TimeSpan.FromSeconds(5), $"{phone.Options.Number} heard only {heard}");
            Assert.True(heard.Gaps == 0, $"{phone.Options.Number} heard gaps: {heard}");
        }

        var ended = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call is in the history");
        Assert.Equal(callId, ended[0].GetProperty("callId").GetString());
        Assert.Equal("TERMINATED", ended[0].GetProperty("state").GetString());
        Assert.InRange(ended[0].GetProperty("duration").GetDouble(), 5, longest);
        Assert.Equal(0, (await server.GetAsync("/api/calls")).GetArrayLength());
    }
}
