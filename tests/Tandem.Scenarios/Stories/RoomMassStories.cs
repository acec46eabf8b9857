using System.Globalization;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>A full room is let go at once: every phone gets its BYE, and what the exchange counts is what it was before.</summary>
[Collection(StageStories.Name)]
public class RoomMassStories(Stage stage)
{
    private const int Members = 100;
    private const int PerSecond = 50;

    // What is there while calls are; transactions and timers linger by the RFC.
    private static readonly string[] Gauges = ["active_calls", "tandem_rooms", "tandem_sip_dialogs", "tandem_media_sessions", "tandem_media_ports{state=\"in_use\"}", "tandem_transfers", "tandem_tenant_calls"];

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_room_of_a_hundred_is_let_go_at_once_and_nothing_is_left()
    {
        await stage.PhonesAsync();
        var before = await GaugesAsync();
        var folder = stage.Scratch.Sub("sipp");
        using var callers = Sipp.Start(
            folder, $"127.0.0.1:{Server.SipPort}", "-sf", Sipp.PatientFile(folder, "stay_uac.xml"), "-set", "number", "100", "-s", "*6870", "-au", "100", "-ap", TandemServer.Secret,
            "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-r", $"{PerSecond}", "-m", $"{Members}", "-l", $"{Members}");
        await stage.DataAsync("/api/v1/rooms", rooms => rooms.EnumerateArray().Any(room => room.GetProperty("name").GetString() == "870"), "the room is there");
        await stage.DataAsync("/api/v1/rooms/870", room => room.GetProperty("members").GetArrayLength() == Members, "all are in it");
        Assert.Equal(before["active_calls"] + Members, (await GaugesAsync())["active_calls"]);

        var gone = await Server.SendAsync(HttpMethod.Delete, "/api/v1/rooms/870");
        Assert.Equal(Members, gone.GetProperty("data").GetProperty("members").GetInt32());
        await SippServer.SucceedsAsync("the members", callers);
        await stage.SilenceAsync();
        var after = before;
        for (var until = DateTime.UtcNow.AddSeconds(Stage.Patience); DateTime.UtcNow < until; await Task.Delay(100))
        {
            after = await GaugesAsync();
            if (after.All(gauge => before[gauge.Key] == gauge.Value))
                break;
        }

        Assert.Equal(before, after);
    }

    private async Task<Dictionary<string, double>> GaugesAsync()
    {
        var lines = (await Server.Http.GetStringAsync("/metrics")).Split('\n');
        return Gauges.ToDictionary(gauge => gauge, gauge => lines.Where(line => line.StartsWith(gauge, StringComparison.Ordinal) && (line[gauge.Length] is ' ' or '{')).Sum(ValueOf));
    }

    private static double ValueOf(string line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
}
