using System.Net.Sockets;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>Real phones park, retrieve and pick up; tones prove who hears whom, and a lamp follows the slot.</summary>
public class ParkingTests
{
    private const double Ada = 400;
    private const double Bob = 640;
    private const double Cleo = 880;

    private static readonly TimeSpan Last = TimeSpan.FromSeconds(1.5);

    // RFC 5589 §6.1, RFC 4235
    [Fact]
    public async Task A_call_is_parked_with_a_lamp_and_retrieved()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var lamp = await WirePhone.ConnectAsync(server, "103", ProtocolType.Udp);
        Assert.Equal(200, (await lamp.AskAsync("SUBSCRIBE", "701", lamp.Contact() + "Event: dialog\r\nExpires: 600\r\n")).Status);
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Ada });
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Bob });
        using var cleo = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = Cleo, Codecs = "pcma" });
        await ada.DialAsync("101");
        await ada.EventAsync("CALL_ESTABLISHED");
        await ada.TransferAsync("*70");
        await ada.EventAsync("CALL_CLOSED");
        await server.EventuallyAsync("/api/v1/parking", r => r.GetProperty("data").GetArrayLength() == 1 && r.GetProperty("data")[0].GetProperty("slot").GetString() == "701", "Bob is parked");
        await LitAsync(lamp, "confirmed");

        await cleo.DialAsync("701");
        await cleo.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/v1/parking", r => r.GetProperty("data").GetArrayLength() == 0, "the slot is free");
        await LitAsync(lamp, "terminated");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cleo.HangUpAsync();
        await server.EventuallyAsync("/api/calls", r => r.GetArrayLength() == 0, "the call is over");
        AssertHears(cleo, Bob);
        AssertHears(bob, Cleo);
    }

    // RFC 3326 §3.2
    [Fact]
    public async Task A_ringing_call_is_picked_up_at_another_phone()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var ada = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = Ada });
        using var bob = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = Bob, AnswerMode = "manual" });
        using var cleo = await Baresip.StartAsync(scratch, new BaresipOptions("102", server) { ToneHertz = Cleo });
        foreach (var number in new[] { "101", "102" })
            await server.SendAsync(HttpMethod.Put, $"/api/v1/extensions/{number}/features", new { pickupGroup = "sales" });
        await ada.DialAsync("101");
        await bob.EventAsync("CALL_INCOMING");
        await cleo.DialAsync("*8101");
        await ada.EventAsync("CALL_ESTABLISHED");
        await bob.EventAsync("CALL_CLOSED");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cleo.HangUpAsync();
        await server.EventuallyAsync("/api/calls", r => r.GetArrayLength() == 0, "the call is over");
        AssertHears(ada, Cleo);
        AssertHears(cleo, Ada);
        await server.EventuallyAsync(
            "/api/v1/cdrs", r => r.GetProperty("data").GetProperty("cdrs").EnumerateArray().Any(c => c.GetProperty("takenBy").GetString() == "102" && c.GetProperty("callee").GetString() == "101"),
            "the record says who took it");
    }

    private static async Task LitAsync(WirePhone lamp, string state)
    {
        while (true)
        {
            var notify = await lamp.ExpectAsync("NOTIFY");
            await lamp.ReplyAsync(notify, 200);
            if (notify.Body.Contains($"<state>{state}</state>", StringComparison.Ordinal))
                return;
        }
    }

    private static void AssertHears(Baresip phone, double hertz)
    {
        var report = phone.Heard(hertz, Last);
        Assert.True(Math.Abs(report.Hertz - hertz) < 10, $"{phone.Options.Number} hears {report.Hertz:0.0} Hz and not {hertz}");
    }
}
