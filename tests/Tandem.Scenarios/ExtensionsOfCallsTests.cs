using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Two sipps and the running server, each checking every message that it gets: the extensions of a call, RFC by RFC.</summary>
public class ExtensionsOfCallsTests
{
    // RFC 3262 (reliable early media on both legs), RFC 3311 (an offer before the answer), RFC 7989 (both UUIDs in every message).
    [Fact]
    public Task Early_media_is_reliable_and_changes_before_the_answer() => CallAsync("early");

    // RFC 3323 and 3325 (an anonymous caller), RFC 4028 (interval and refresher, 422), RFC 6086 (packages that the other phone takes, 469).
    [Fact]
    public Task An_anonymous_caller_talks_with_session_timer_and_info_packages() => CallAsync("talk");

    private static async Task CallAsync(string scenario)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Sipp.Waits);
        var folder = scratch.Sub("sipp");
        var bob = FreePorts.Next();
        await SippLoad.RegisterAsync(server, folder, bob);
        using var callee = await Sipp.ListenAsync(folder, bob, "-sf", Sipp.PatientFile(folder, $"{scenario}_uas.xml"), "-m", "1", "-trace_err");
        using var caller = Sipp.Start(
            folder, Target(server), "-sf", Sipp.PatientFile(folder, $"{scenario}_uac.xml"), "-set", "number", "100", "-s", "101",
            "-au", "100", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-m", "1", "-trace_err");
        foreach (var (name, sipp) in new[] { ("caller", caller), ("callee", callee) })
            Assert.True(await sipp.ExitAsync(SippServer.Patience) == 0, $"{name}:\n{sipp.Output}\n{Errors(folder)}");

        var call = (await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call has its record"))[0];
        Assert.Equal("NORMAL", call.GetProperty("terminationReason").GetString());
    }

    private static string Errors(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*_errors.log").Select(File.ReadAllText));

    private static string Target(TandemServer server) => $"127.0.0.1:{server.SipPort}";
}
