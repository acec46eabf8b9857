using System.Diagnostics;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>What happens to a call in which both sides talk.</summary>
public class TalkingCallTests
{
    [Fact]
    public async Task The_callee_hangs_up()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));

        var clock = Stopwatch.StartNew();
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(1500);
        await callee.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED");
        var longest = clock.Elapsed.TotalSeconds;

        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call is in the history");
        Assert.Equal("NORMAL", history[0].GetProperty("terminationReason").GetString());
        Assert.InRange(history[0].GetProperty("duration").GetDouble(), 1, longest);
    }

    [Fact]
    public async Task A_held_call_is_shown_as_held_and_resume_brings_the_audio_back()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });

        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(2000);
        await caller.HoldAsync();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the call is held by its caller");
        await Task.Delay(2000);
        await caller.ResumeAsync();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "the call is resumed");
        await Task.Delay(2000);
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        // The phones record each stretch of a stream anew: this is what they heard after the resume.
        foreach (var (phone, hertz) in new[] { (caller, 700.0), (callee, 1000.0) })
        {
            var heard = phone.Heard(hertz);
            Assert.InRange(heard.Hertz, hertz - 1, hertz + 1);
            Assert.True(heard.Heard > TimeSpan.FromSeconds(1.5), $"{phone.Options.Number} heard only {heard}");
        }
    }

    [Fact]
    public async Task One_side_speaks_tcp_and_the_other_udp()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Transport = "tcp", ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });

        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(3000);
        await callee.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED");

        Assert.InRange(caller.Heard(700).Hertz, 699, 701);
        Assert.InRange(callee.Heard(1000).Hertz, 999, 1001);
    }

    [Fact]
    public async Task Two_contacts_ring_and_the_one_that_answers_talks()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var desk = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { AnswerMode = "manual" });
        using var mobile = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { AnswerMode = "manual" });
        await server.EventuallyAsync("/api/statistics", s => s.GetProperty("users").GetProperty("totalUsers").GetInt32() >= 2, "three contacts are there");

        await caller.DialAsync("101");
        await desk.EventAsync("CALL_INCOMING");
        await mobile.EventAsync("CALL_INCOMING");
        await mobile.AcceptAsync();
        await caller.EventAsync("CALL_ESTABLISHED");
        await desk.EventAsync("CALL_CLOSED");
        await Task.Delay(2500);
        await caller.HangUpAsync();
        await mobile.EventAsync("CALL_CLOSED");

        Assert.True(mobile.Heard(1000).Heard > TimeSpan.FromSeconds(1.5));
        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "one call, not two");
        Assert.Equal("NORMAL", history[0].GetProperty("terminationReason").GetString());
    }

    [Fact]
    public async Task A_phone_that_registers_again_from_another_port_is_reached_there()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        var first = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        first.Dispose();
        using var second = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        await server.EventuallyAsync(
            "/api/users",
            users => users.EnumerateArray().Any(u => u.GetProperty("number").GetString() == "101" && u.GetProperty("port").GetInt32() == second.SipPort),
            "the new port is registered");

        await caller.DialAsync("101");
        await second.EventAsync("CALL_ESTABLISHED");
        await caller.EventAsync("CALL_ESTABLISHED");
        await caller.HangUpAsync();
        await second.EventAsync("CALL_CLOSED");
    }
}
