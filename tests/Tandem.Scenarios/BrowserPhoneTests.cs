using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>JsSIP in Chromium over a WebSocket (RFC 7118): the signalling of a browser phone, with phones on other transports.</summary>
public class BrowserPhoneTests
{
    [Fact]
    public async Task Browser_phones_call_hold_and_hang_up()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var caller = await browser.RegisterAsync(server, "100");
        var callee = await browser.RegisterAsync(server, "101");

        await ConnectAsync(caller, callee);
        caller.Hold();
        var held = await callee.EventAsync("reinvite");
        Assert.Equal("sendonly", held.GetProperty("direction").GetString());
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the call is held");
        caller.Resume();
        var resumed = await callee.EventAsync("reinvite");
        Assert.Equal("sendrecv", resumed.GetProperty("direction").GetString());
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "the call is resumed");

        callee.HangUp();
        await caller.EventAsync("ended", e => e.GetProperty("cause").GetString() == "Terminated");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 0, "the call is over");
    }

    [Fact]
    public async Task A_browser_phone_calls_baresip_and_hands_it_to_another()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var agent = await browser.RegisterAsync(server, "100");
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Transport = "tcp", ToneHertz = 700 });
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1000 });

        agent.Call("101");
        await agent.EventAsync("confirmed");
        await customer.EventAsync("CALL_ESTABLISHED");
        await NextRecordingAsync();
        agent.Transfer(0, "102");
        await agent.EventAsync("refer", e => e.GetProperty("step").GetString() == "accepted");
        await other.EventAsync("CALL_ESTABLISHED");
        await agent.EventAsync("ended");
        await TalkAsync(server, customer, "101", other, "102");
    }

    [Fact]
    public async Task A_browser_phone_asks_first_and_then_joins_the_two_others()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var agent = await browser.RegisterAsync(server, "100");
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1000 });

        agent.Call("101");
        await agent.EventAsync("confirmed", e => e.GetProperty("call").GetInt32() == 0);
        agent.Call("102");
        await agent.EventAsync("confirmed", e => e.GetProperty("call").GetInt32() == 1);
        await NextRecordingAsync();
        agent.Transfer(0, "102", replaces: 1);
        await agent.EventAsync("refer", e => e.GetProperty("step").GetString() == "accepted");
        await TalkAsync(server, customer, "101", other, "102");
    }

    [Fact]
    public async Task Browser_phones_watch_a_lamp_and_send_messages()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var watcher = await browser.RegisterAsync(server, "100");
        var busy = await browser.RegisterAsync(server, "101");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { Transport = "tcp" });

        watcher.Watch("101", "dialog", "application/dialog-info+xml");
        await watcher.EventAsync("notify", Body("state=\"full\""));
        await caller.DialAsync("101");
        await busy.EventAsync("session");
        await watcher.EventAsync("notify", Body(">early<"));
        busy.Answer();
        await watcher.EventAsync("notify", Body(">confirmed<"));
        await caller.HangUpAsync();
        await watcher.EventAsync("notify", Body(">terminated<"));

        watcher.Message("101", "lunch at noon?");
        var message = await busy.EventAsync("message");
        Assert.Equal("lunch at noon?", message.GetProperty("text").GetString());
        Assert.Equal("100", message.GetProperty("from").GetString());
        Assert.Equal(200, (await watcher.EventAsync("messageSent")).GetProperty("status").GetInt32());
        watcher.Message("105", "are you there?");
        Assert.Equal(480, (await watcher.EventAsync("messageFailed")).GetProperty("status").GetInt32());
    }

    private static async Task ConnectAsync(BrowserPhone caller, BrowserPhone callee)
    {
        caller.Call(callee.Number);
        var incoming = await callee.EventAsync("session");
        Assert.Equal(caller.Number, incoming.GetProperty("party").GetString());
        await caller.EventAsync("progress");
        callee.Answer();
        await caller.EventAsync("confirmed");
        await callee.EventAsync("confirmed");
    }

    // baresip names what it records by the second: a transfer within the second of the answer would write over the file that is open.
    private static Task NextRecordingAsync() => Task.Delay(TimeSpan.FromSeconds(1.1));

    // After a transfer: one call is left, its two phones hear each other, and it ends like any other.
    private static async Task TalkAsync(TandemServer server, Baresip one, string oneNumber, Baresip two, string twoNumber)
    {
        var calls = await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1, "only the new call is left");
        Assert.Equal(
            new HashSet<string?> { oneNumber, twoNumber },
            [calls[0].GetProperty("fromNumber").GetString(), calls[0].GetProperty("toNumber").GetString()]);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await one.HangUpAsync();
        await two.EventAsync("CALL_CLOSED");
        Assert.InRange(one.Heard(1000).Hertz, 999, 1001);
        Assert.InRange(two.Heard(700).Hertz, 699, 701);
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 0, "the call is over");
    }

    private static Func<JsonElement, bool> Body(string text) => e => e.GetProperty("body").GetString()?.Contains(text, StringComparison.Ordinal) == true;
}
