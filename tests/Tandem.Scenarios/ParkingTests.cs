using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Real phones pick up; tones prove who hears whom.</summary>
public class ParkingTests
{
    private const double Ada = 400;
    private const double Bob = 640;
    private const double Cleo = 880;

    private static readonly TimeSpan Last = TimeSpan.FromSeconds(1.5);

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
        await bob.EventAsync("CALL_INCOMING", 30);
        await cleo.DialAsync("*8101");
        await ada.EventAsync("CALL_ESTABLISHED", 30);
        await bob.EventAsync("CALL_CLOSED", 30);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cleo.HangUpAsync();
        await server.EventuallyAsync("/api/calls", r => r.GetArrayLength() == 0, "the call is over", 30);
        AssertHears(ada, Cleo);
        AssertHears(cleo, Ada);
        await server.EventuallyAsync(
            "/api/v1/cdrs", r => r.GetProperty("data").GetProperty("cdrs").EnumerateArray().Any(c => c.GetProperty("takenBy").GetString() == "102" && c.GetProperty("callee").GetString() == "101"),
            "the record says who took it", 30);
    }

    private static void AssertHears(Baresip phone, double hertz)
    {
        var report = phone.Heard(hertz, Last);
        Assert.True(Math.Abs(report.Hertz - hertz) < 10, $"{phone.Options.Number} hears {report.Hertz:0.0} Hz and not {hertz}");
    }
}
