using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>
/// Linphone over TLS, baresip over TCP, JsSIP over WebSocket and a baresip behind a Kamailio, on one exchange: they call, hold, hand calls to each other, watch
/// lamps and write. The certificate is replaced in the middle of a call.
/// </summary>
public class PhonesOfAllTransportsTests
{
    private const string Replaced = "Another certificate is in force";

    [Fact]
    public async Task They_hold_transfer_watch_lamps_and_write_to_each_other()
    {
        using var scratch = new ScratchFolder();
        var certificates = scratch.Sub("certificates");
        ServerCertificate.Write(certificates);
        var trusted = Path.Combine(scratch.Sub("trusted"), "first.pem");
        File.Copy(Path.Combine(certificates, "cert.pem"), trusted);

        // The proxy writes Path, and baresip knows nothing of it.
        using var server = await TandemServer.StartAsync(
            scratch, new Dictionary<string, string>(ServerCertificate.Settings(certificates)) { ["REGISTRATION_PATH_NEEDS_SUPPORT"] = "false" });
        using var proxy = await Kamailio.StartAsync(scratch, server);
        using var browser = await BrowserPhones.StartAsync(scratch);
        var web = await browser.RegisterAsync(server, "102", $"wss://127.0.0.1:{server.HttpsPort}/sip", $"https://127.0.0.1:{server.HttpsPort}");
        using var tls = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100") { Transport = "tls", Port = server.SipsPort, TrustedRoots = trusted });
        using var tcp = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Transport = "tcp", ToneHertz = 700 });
        using var behind = await Baresip.StartAsync(scratch, new BaresipOptions("103", server) { Port = proxy.Port, ToneHertz = 1000, HasLamp = true });

        // Lamps: the browser watches the phone behind the proxy, and that one its mailbox, through the proxy.
        await behind.EventAsync("MWI_NOTIFY");
        web.Watch("103", "dialog", "application/dialog-info+xml");
        await web.EventAsync("notify", Body("state=\"full\""));
        tls.Call("103");
        await behind.EventAsync("CALL_ESTABLISHED");
        await web.EventAsync("notify", Body(">confirmed<"));
        await CallAsync(server, "100", "103");

        // A new certificate: the connection of the call, and the call, go on.
        ServerCertificate.Write(certificates);
        await WrittenAsync(server, Replaced);
        tls.Hold();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "held over TLS");
        tls.Resume();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "resumed over TLS");

        // From Linphone over TLS to baresip over TCP, which holds.
        tls.Transfer("101");
        await tcp.EventAsync("CALL_ESTABLISHED");
        await CallAsync(server, "103", "101");
        await tcp.HearsMoreAsync();
        await tcp.HoldAsync();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCallee").GetBoolean(), "held over TCP");
        await tcp.ResumeAsync();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCallee").GetBoolean(), "resumed over TCP");

        // The REFER goes through the proxy: from the phone behind it to the browser.
        await behind.TransferAsync("102");
        await web.EventAsync("session");
        web.Answer();
        await web.EventAsync("confirmed");
        await behind.EventAsync("CALL_CLOSED");
        await web.EventAsync("notify", Body(">terminated<"));
        await CallAsync(server, "101", "102");
        web.Hold();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCallee").GetBoolean(), "held over the WebSocket");
        web.Resume();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCallee").GetBoolean(), "resumed over the WebSocket");
        web.HangUp();
        await tcp.EventAsync("CALL_CLOSED");
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 0, "all is over");

        // Texts to each kind of phone; baresip's own menu sends none.
        foreach (var number in new[] { "100", "101", "103" })
        {
            web.Message(number, "lunch?");
            Assert.Equal(200, (await web.EventAsync("messageSent", seconds: 30)).GetProperty("status").GetInt32());
        }

        tls.Chat("102", "at noon");
        var text = await web.EventAsync("message", e => e.GetProperty("text").GetString()?.Contains("at noon", StringComparison.Ordinal) == true);
        Assert.Equal("100", text.GetProperty("from").GetString());
    }

    private static Task CallAsync(TandemServer server, string caller, string callee) => server.EventuallyAsync(
        "/api/calls",
        c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "ESTABLISHED" && c[0].GetProperty("fromNumber").GetString() == caller
            && c[0].GetProperty("toNumber").GetString() == callee,
        $"{caller} talks to {callee} and to nobody else");

    private static async Task WrittenAsync(TandemServer server, string text)
    {
        for (var i = 0; !File.ReadAllText(server.LogFile).Contains(text, StringComparison.Ordinal); i++)
        {
            Assert.True(i < 1_200, $"the log has no '{text}'");
            await Task.Delay(100);
        }
    }

    private static Func<JsonElement, bool> Body(string text) => e => e.GetProperty("body").GetString()?.Contains(text, StringComparison.Ordinal) == true;
}
