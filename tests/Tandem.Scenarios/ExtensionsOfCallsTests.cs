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
        using var server = await TandemServer.StartAsync(scratch);
        var folder = scratch.Sub("sipp");
        var bob = FreePorts.Next();
        await RegisterAsync(server, folder, bob);
        using var callee = Sipp.Start(
            folder, "-sf", Sipp.ScenarioFile($"{scenario}_uas.xml"), "-i", "127.0.0.1", "-p", $"{bob}", "-m", "1", "-trace_err");
        using var caller = Sipp.Start(
            folder, Target(server), "-sf", Sipp.ScenarioFile($"{scenario}_uac.xml"), "-set", "number", "100", "-s", "101",
            "-au", "100", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-m", "1", "-trace_err");
        foreach (var (name, sipp) in new[] { ("caller", caller), ("callee", callee) })
            Assert.True(await sipp.ExitAsync(TimeSpan.FromSeconds(30)) == 0, $"{name}:\n{sipp.Output}\n{Errors(folder)}");

        var call = (await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call has its record"))[0];
        Assert.Equal("NORMAL", call.GetProperty("terminationReason").GetString());
    }

    private static string Errors(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*_errors.log").Select(File.ReadAllText));

    private static string Target(TandemServer server) => $"127.0.0.1:{server.SipPort}";

    // sipp gives up on a repeated 401, and a server that has just started may need longer than T1 for its first answer.
    private static async Task RegisterAsync(TandemServer server, string folder, int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var register = Sipp.Start(folder, Target(server), "-sf", Sipp.ScenarioFile("register.xml"), "-set", "number", "101",
                "-au", "101", "-ap", TandemServer.Secret, "-i", "127.0.0.1", "-p", $"{port}", "-m", "1");
            if (await register.ExitAsync(TimeSpan.FromSeconds(20)) == 0)
                return;
            Assert.True(attempt < 3, $"sipp could not register:\n{register.Output}");
        }
    }
}
