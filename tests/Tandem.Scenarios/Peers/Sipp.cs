namespace Tandem.Scenarios.Peers;

/// <summary>Runs sipp with a scenario file of this project.</summary>
public static class Sipp
{
    /// <summary>The scenario files, copied beside the tests.</summary>
    public static string ScenarioFile(string name) => Path.Combine(AppContext.BaseDirectory, "Sipp", name);

    public static ChildProcess Start(string folder, params string[] arguments) =>
        new("sipp", [.. arguments, "-nostdin", "-skip_rlimit"], folder, new Dictionary<string, string> { ["TERM"] = "dumb" });
}
