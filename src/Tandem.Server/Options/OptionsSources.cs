using System.Collections;

namespace Tandem.Server.Options;

/// <summary>Where settings are looked for.</summary>
/// <param name="WorkingDirectory">The folder of appsettings.json and <c>.env</c>.</param>
/// <param name="Environment">The environment variables.</param>
/// <param name="CommandLine">What the command line set, by setting name.</param>
public sealed record OptionsSources(
    string WorkingDirectory, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<SettingInput> CommandLine)
{
    /// <summary>The sources of this process.</summary>
    public static OptionsSources OfProcess(IReadOnlyList<SettingInput> commandLine)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";

        return new OptionsSources(Directory.GetCurrentDirectory(), environment, commandLine);
    }
}
