using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Phones of several makers, each over its own transport, on one exchange.</summary>
public class PhonesTogetherTests
{
    [Fact]
    public async Task A_proxy_in_front_passes_registrations_and_calls()
    {
        using var scratch = new ScratchFolder();

        // The proxy writes Path, and baresip knows nothing of it.
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["REGISTRATION_PATH_NEEDS_SUPPORT"] = "false" });
        using var proxy = await Kamailio.StartAsync(scratch, server);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Port = proxy.Port, ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Port = proxy.Port, Transport = "tcp", ToneHertz = 700 });

        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await callee.HangUpAsync();
        await caller.EventAsync("CALL_CLOSED");

        Assert.InRange(caller.Heard(700).Hertz, 699, 701);
        Assert.InRange(callee.Heard(1000).Hertz, 999, 1001);
        var ended = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call is in the history");
        Assert.Equal("TERMINATED", ended[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Linphone_over_tcp_calls_baresip_over_udp_and_holds()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });
        using var caller = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100") { Transport = "tcp" });

        caller.Call("101");
        await callee.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "ESTABLISHED", "the call is up");
        caller.Hold();
        await caller.LineAsync("paused");
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the call is held");
        caller.Resume();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "the call is resumed");
        caller.HangUp();
        await callee.EventAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task Linphone_hands_its_call_to_another_phone()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Transport = "tcp", ToneHertz = 700 });
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1000 });
        using var agent = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100") { Transport = "tcp" });

        agent.Call("101");
        await customer.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "ESTABLISHED", "the call is up");
        agent.Transfer("102");
        await other.EventAsync("CALL_ESTABLISHED");
        var calls = await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("toNumber").GetString() == "102", "only the new call is left");
        Assert.Equal("101", calls[0].GetProperty("fromNumber").GetString());

        await Task.Delay(TimeSpan.FromSeconds(3));
        await other.HangUpAsync();
        await customer.EventAsync("CALL_CLOSED");
        Assert.InRange(customer.Heard(1000).Hertz, 999, 1001);
        Assert.InRange(other.Heard(700).Hertz, 699, 701);
    }

    [Fact]
    public async Task Linphone_asks_first_and_then_joins_the_two_others()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var customer = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Transport = "tcp", ToneHertz = 700 });
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = 1000 });
        using var agent = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100"));

        agent.Call("101");
        await customer.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "ESTABLISHED", "the call is up");
        agent.Hold();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the customer is on hold");
        agent.Call("102");
        await other.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 2 && c.EnumerateArray().All(x => x.GetProperty("state").GetString() == "ESTABLISHED"), "both calls are up");
        await agent.LineAsync("Media streams established with sip:102");
        agent.TransferToCall(1, 2);
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 1, "only the new call is left");

        // baresip records nothing more of a stream that was on hold: what it is sent is counted instead.
        await server.EventuallyAsync(
            "/api/rtp-streams", s => s.GetArrayLength() == 2 && s.EnumerateArray().All(d => d.GetProperty("packets").GetInt32() > 150), "both talk");
        await other.HangUpAsync();
        await customer.EventAsync("CALL_CLOSED");
        Assert.InRange(other.Heard(700, TimeSpan.FromSeconds(2)).Hertz, 699, 701);
    }

    // Linphone over TLS trusts the certificate that the server made for itself; the browser phone comes over wss.
    [Fact]
    public async Task Linphone_over_tls_is_called_by_baresip_over_tcp_and_writes_to_a_browser_over_wss()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Transport = "tcp", ToneHertz = 700 });
        using var callee = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100")
        {
            Transport = "tls",
            Port = server.SipsPort,
            ToneHertz = 1000,
            TrustedRoots = Path.Combine(server.DataFolder, "tls", "certificate.pem"),
        });
        using var browser = await BrowserPhones.StartAsync(scratch);
        var desk = await browser.RegisterAsync(server, "102", $"wss://127.0.0.1:{server.HttpsPort}/sip", $"https://127.0.0.1:{server.HttpsPort}");

        await caller.DialAsync("100");
        await callee.LineAsync("incoming call");
        callee.Answer();
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await caller.HangUpAsync();
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 0, "the call is over");
        Assert.InRange(caller.Heard(1000).Hertz, 999, 1001);

        desk.Message("100", "over to you");
        Assert.Equal(200, (await desk.EventAsync("messageSent")).GetProperty("status").GetInt32());
        callee.Chat("102", "\"all done\"");

        // Linphone packs its text by deflate, which JsSIP does not undo: that it came, and from whom, is what counts.
        var message = await desk.EventAsync("message");
        Assert.Equal("100", message.GetProperty("from").GetString());
    }
}
