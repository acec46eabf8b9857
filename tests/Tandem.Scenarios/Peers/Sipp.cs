using System.Net.NetworkInformation;

namespace Tandem.Scenarios.Peers;

/// <summary>Runs sipp with a scenario file of this project.</summary>
public static class Sipp
{
    private const string T1 = "retrans=\"500\"";
    private const string Longer = "retrans=\"8000\"";

    /// <summary>
    /// Settings of an exchange that waits for sipp: nothing is lost on loopback, and a sipp that only had no time fails when a request comes again while it expects the answer to
    /// its own.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Waits { get; } = new Dictionary<string, string> { ["SIP_T1"] = "4000" };

    /// <summary>The scenario files, copied beside the tests.</summary>
    public static string ScenarioFile(string name) => Path.Combine(AppContext.BaseDirectory, "Sipp", name);

    /// <summary>
    /// A copy of a scenario that repeats nothing for 8 s, where T1 itself is not what is tried: on loopback nothing is lost, and sipp, which fails when a challenge comes
    /// twice, would ask a server again that only had no time yet.
    /// </summary>
    public static string PatientFile(string folder, string name)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}-{name}");
        File.WriteAllText(path, Patient(File.ReadAllText(ScenarioFile(name))));
        return path;
    }

    /// <summary>The text of a scenario that waits so long.</summary>
    public static string Patient(string scenario) => scenario.Replace(T1, Longer, StringComparison.Ordinal);

    public static ChildProcess Start(string folder, params string[] arguments) =>
        new("sipp", [.. arguments, "-nostdin", "-skip_rlimit"], folder, new Dictionary<string, string> { ["TERM"] = "dumb" });

    /// <summary>Starts a scenario that begins by waiting, and returns when its port is open: what came before would be refused by the system.</summary>
    public static async Task<ChildProcess> ListenAsync(string folder, int port, params string[] arguments)
    {
        var sipp = Start(folder, [.. arguments, "-i", "127.0.0.1", "-p", $"{port}"]);
        await ListensAsync(sipp, port);
        return sipp;
    }

    /// <summary>Waits until the port of a sipp is open.</summary>
    public static async Task ListensAsync(ChildProcess sipp, int port, bool overTcp = false)
    {
        var until = DateTime.UtcNow + SippServer.Patience;
        while (!IsOpen(port, overTcp))
        {
            Assert.True(DateTime.UtcNow < until && !sipp.Process.HasExited, $"sipp does not listen at {port}:\n{sipp.Output}");
            await Task.Delay(10);
        }
    }

    private static bool IsOpen(int port, bool overTcp)
    {
        var network = IPGlobalProperties.GetIPGlobalProperties();
        return (overTcp ? network.GetActiveTcpListeners() : network.GetActiveUdpListeners()).Any(endPoint => endPoint.Port == port);
    }
}
