namespace Tandem.Scenarios.Peers;

/// <summary>Extension 101 that answers and extension 100 that calls it, played by sipp.</summary>
public static class SippLoad
{
    private const int Attempts = 4;

    /// <summary>Registers an extension at a port. sipp gives up on a repeated 401, and a server that has just started may need longer than T1 for its first answer.</summary>
    public static Task RegisterAsync(TandemServer server, string folder, int port, string number = "101") => TryAsync("the registration", () => Sipp.Start(
        folder, $"127.0.0.1:{server.SipPort}", "-sf", Sipp.PatientFile(folder, "register.xml"), "-set", "number", number, "-au", number, "-ap", TandemServer.Secret,
        "-i", "127.0.0.1", "-p", $"{port}", "-m", "1"));

    /// <summary>Answers every call at a port, which is open then.</summary>
    public static Task<ChildProcess> AnswerAsync(string folder, int port) => Sipp.ListenAsync(folder, port, "-sf", Sipp.ScenarioFile("uas.xml"));

    /// <summary>Starts calls from 100 to 101, or another number, each of a fifth of a second.</summary>
    public static ChildProcess StartCalls(TandemServer server, string folder, int calls, int perSecond, string number = "101") => Sipp.Start(
        folder, $"127.0.0.1:{server.SipPort}", "-sf", Sipp.PatientFile(folder, "uac.xml"), "-set", "number", "100", "-s", number, "-au", "100", "-ap", TandemServer.Secret,
        "-i", "127.0.0.1", "-p", $"{FreePorts.Next()}", "-r", $"{perSecond}", "-m", $"{calls}", "-d", "200");

    /// <summary>One call that must succeed, where a repeated challenge may spoil the first attempts of sipp.</summary>
    public static Task CallAsync(TandemServer server, string folder, string number = "101") => TryAsync("the call", () => StartCalls(server, folder, 1, 1, number));

    private static async Task TryAsync(string what, Func<ChildProcess> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var sipp = start();
            if (await sipp.ExitAsync(SippServer.Patience) == 0)
                return;
            Assert.True(attempt < Attempts, $"{what} did not succeed:\n{sipp.Output}");
        }
    }
}
