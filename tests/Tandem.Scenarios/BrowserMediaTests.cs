using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios;

/// <summary>Chromium's own media: ICE with our lite agent, DTLS-SRTP, Opus.</summary>
public class BrowserMediaTests
{
    [Theory]
    [InlineData("pcmu,pcma")]
    [InlineData("G722/16000/1")]
    [InlineData("opus/48000/2")]
    public async Task A_browser_calls_a_desk_phone(string codecs)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var caller = await browser.RegisterAsync(server, "100", hertz: 500);
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Codecs = codecs, ToneHertz = 800 });

        caller.Call("101");
        await caller.EventAsync("confirmed");
        await caller.MediaAsync();
        var heard = await ListenAsync(caller, 3);
        caller.HangUp();
        await callee.EventAsync("CALL_CLOSED");

        AssertTone(heard, 800);
        Assert.InRange(callee.Heard(500).Hertz, 499, 501);
    }

    [Fact]
    public async Task A_desk_phone_calls_a_browser()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var callee = await browser.RegisterAsync(server, "100", hertz: 500);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 800 });

        await caller.DialAsync("100");
        await callee.EventAsync("session");
        callee.Answer();
        await caller.EventAsync("CALL_ESTABLISHED");
        await callee.MediaAsync();
        var heard = await ListenAsync(callee, 3);
        await caller.HangUpAsync();
        await callee.EventAsync("ended");

        AssertTone(heard, 800);
        Assert.InRange(caller.Heard(500).Hertz, 499, 501);
    }

    [Fact]
    public async Task Two_browsers_talk_and_hold()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var caller = await browser.RegisterAsync(server, "100", hertz: 500);
        var callee = await browser.RegisterAsync(server, "101", hertz: 800);

        caller.Call("101");
        await callee.EventAsync("session");
        callee.Answer();
        await caller.MediaAsync();
        await callee.MediaAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        AssertTone(await caller.HeardAsync(), 800);
        AssertTone(await callee.HeardAsync(), 500);

        caller.Hold();
        await caller.EventAsync("hold");
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the call is held");
        caller.Resume();
        await caller.EventAsync("unhold");
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "the call is resumed");
        await Task.Delay(500);
        AssertTone(await ListenAsync(callee, 2), 500);
        caller.HangUp();
        await callee.EventAsync("ended");
    }

    // The transferee keeps its peer connection: it hears the other phone only when it shakes hands with the new session (RFC 8842 §4).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_browser_is_handed_to_another_desk_phone(bool browserCalls)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var customer = await browser.RegisterAsync(server, "100", hertz: 500);
        using var agent = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 800 });
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1100 });

        if (browserCalls)
        {
            customer.Call("101");
        }
        else
        {
            await agent.DialAsync("100");
            await customer.EventAsync("session");
            customer.Answer();
        }

        await customer.EventAsync("confirmed");
        await agent.EventAsync("CALL_ESTABLISHED");
        await customer.MediaAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await agent.TransferAsync("102");
        await other.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1, "only the new call is left");
        await Task.Delay(TimeSpan.FromSeconds(1));
        var heard = await ListenAsync(customer, 3);
        customer.HangUp();
        await other.EventAsync("CALL_CLOSED");

        AssertTone(heard, 1100);
        Assert.InRange(other.Heard(500).Hertz, 499, 501);
    }

    [Fact]
    public async Task Who_is_held_hears_music()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var held = await browser.RegisterAsync(server, "100", hertz: 500);
        using var holder = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 800 });

        held.Call("101");
        await held.EventAsync("confirmed");
        await held.MediaAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await holder.HoldAsync();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCallee").GetBoolean(), "the call is held");
        await Task.Delay(TimeSpan.FromSeconds(1));
        var music = await ListenAsync(held, 3);
        Assert.InRange(Loudness(music), -45, -3);
        Assert.True(ToneLevel.Of(music, 800) < Loudness(music) - 6, "the tone of who holds is still there");

        await holder.ResumeAsync();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCallee").GetBoolean(), "the call is resumed");
        await Task.Delay(TimeSpan.FromSeconds(1));
        AssertTone(await ListenAsync(held, 2), 800);
        held.HangUp();
        await holder.EventAsync("CALL_CLOSED");
    }

    // What it hears from now on.
    private static async Task<WavFile> ListenAsync(BrowserPhone phone, int seconds)
    {
        await phone.HeardAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return await phone.HeardAsync();
    }

    // The mean power of all samples, dB below full scale.
    private static double Loudness(WavFile wav) =>
        10 * Math.Log10(Math.Max(1e-9, wav.Samples.Select(s => s / 32768.0 * s / 32768.0).DefaultIfEmpty(0).Average()));

    private static void AssertTone(WavFile heard, double hertz)
    {
        var tone = ToneMeter.Measure(heard, hertz);
        Assert.InRange(tone.Hertz, hertz - 1, hertz + 1);
        Assert.InRange(tone.Heard.TotalSeconds, 1, 20);
    }
}
