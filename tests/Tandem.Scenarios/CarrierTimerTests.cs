using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>A sipp that is a carrier with demands of its own, behind a SIP profile.</summary>
public class CarrierTimerTests
{
    private static readonly Dictionary<string, string> Settings = new(Sipp.Waits) { ["SESSION_EXPIRES"] = "90" };

    // RFC 4028 §7: 422, the refresher that the carrier names, and a refresh that is challenged.
    [Fact]
    public async Task A_carrier_has_the_session_timer_that_it_demands()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var phone = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        var folder = scratch.Sub("sipp");
        var port = FreePorts.Next();
        using var carrier = await Sipp.ListenAsync(folder, port, "-sf", Sipp.PatientFile(folder, "carrier_timer.xml"), "-m", "1", "-trace_err");
        await server.SendAsync(
            HttpMethod.Post, "/api/v1/profiles", new { name = "carrier", server = "127.0.0.1", port, userName = "ada", password = "secret", countryCode = "49", registers = false }, 201);

        await phone.DialAsync("030999999");
        await phone.EventAsync("CALL_ESTABLISHED");

        // Half of 100 s, and the challenge.
        await Task.Delay(TimeSpan.FromSeconds(54));
        Assert.Equal(1, (await server.GetAsync("/api/calls")).GetArrayLength());
        await phone.HangUpAsync();
        Assert.True(await carrier.ExitAsync(SippServer.Patience) == 0, $"the carrier:\n{carrier.Output}\n{string.Join('\n', Directory.EnumerateFiles(folder, "*_errors.log").Select(File.ReadAllText))}");
    }
}
