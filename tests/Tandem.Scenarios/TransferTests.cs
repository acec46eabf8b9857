using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Three sipps and the running server: 100 talks to 101 and refers it to 102 (RFC 3515, RFC 5589 §6.1).</summary>
public class TransferTests
{
    [Fact]
    public async Task A_blind_transfer_is_reported_to_its_end_and_leaves_two_records()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Sipp.Waits);
        var folder = scratch.Sub("sipp");
        var (bob, cleo) = (FreePorts.Next(), FreePorts.Next());
        await SippLoad.RegisterAsync(server, folder, bob);
        await SippLoad.RegisterAsync(server, folder, cleo, "102");
        using var transferee = await Sipp.ListenAsync(folder, bob, "-sf", Sipp.PatientFile(folder, "transferee.xml"), "-m", "1");
        using var target = await Sipp.ListenAsync(folder, cleo, "-sf", Sipp.PatientFile(folder, "target.xml"), "-m", "1");
        using var transferor = Sipp.Start(folder, Target(server), "-sf", Sipp.PatientFile(folder, "refer.xml"), "-set", "number", "100", "-set", "target", "102", "-s", "101",
            "-au", "100", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-m", "1", "-trace_err");

        foreach (var (name, sipp) in new[] { ("transferor", transferor), ("transferee", transferee), ("target", target) })
            Assert.True(await sipp.ExitAsync(SippServer.Patience) == 0, $"{name}:\n{sipp.Output}");

        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 2, "both calls have their record");
        var (old, made) = (history[0], history[1]);
        Assert.Equal(("100", "101", "TRANSFERRED"), (Text(old, "fromNumber"), Text(old, "toNumber"), Text(old, "terminationReason")));
        Assert.Equal(("101", "102", "NORMAL"), (Text(made, "fromNumber"), Text(made, "toNumber"), Text(made, "terminationReason")));
        Assert.Equal(("100", Text(old, "id")), (Text(made, "transferredBy"), Text(made, "transferredFrom")));
        Assert.Equal(Text(made, "id"), Text(old, "transferredTo"));
    }

    private static string? Text(System.Text.Json.JsonElement call, string name) => call.GetProperty(name).GetString();

    private static string Target(TandemServer server) => $"127.0.0.1:{server.SipPort}";
}
