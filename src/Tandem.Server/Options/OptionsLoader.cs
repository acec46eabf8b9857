using Tandem.Server.Logging;

namespace Tandem.Server.Options;

/// <summary>
/// Reads the settings, lowest first: defaults, appsettings.json, <c>.env</c>, the environment, the command line. Within one
/// source the first name of a setting goes before its aliases. An empty value counts as not set.
/// </summary>
public static class OptionsLoader
{
    private const string JsonFile = "appsettings.json";
    private const string EnvFile = ".env";
    private const long MaxFileBytes = 1 << 20;

    public static LoadedOptions Load(OptionsSources sources)
    {
        var errors = new List<string>();
        var warnings = new List<string>();
        var chosen = new Dictionary<Setting, SettingInput>();

        Take(Read(sources, JsonFile, JsonSettingsFile.Parse, errors), chosen, warnings, warnings);
        Take(Read(sources, EnvFile, DotEnvFile.Parse, errors), chosen, warnings, warnings);
        Take(FromEnvironment(sources.Environment), chosen, warnings, warnings);
        Take(sources.CommandLine, chosen, warnings, errors);

        var options = new TandemOptions();
        var origins = new Dictionary<Setting, string>();
        foreach (var (setting, input) in chosen)
        {
            if (setting.TrySet(options, input.Text))
                origins[setting] = input.Origin;
            else
                errors.Add(Refusal(setting, input));
        }

        if (errors.Count == 0)
        {
            errors.AddRange(OptionsRules.Check(options));
            if (errors.Count == 0)
                options = OptionsComposer.Compose(options);
        }

        return new LoadedOptions(options, errors, warnings, origins);
    }

    private static string Refusal(Setting setting, SettingInput input)
    {
        var shown = setting.IsSecret ? "***" : LogSafe.OneLine(input.Text, 80);
        return $"{input.Name}={shown} ({input.Origin}) is not accepted: {setting.Kind.Accepts}";
    }

    private static void Take(
        IReadOnlyList<SettingInput> inputs, Dictionary<Setting, SettingInput> chosen, List<string> warnings, List<string> unknown)
    {
        var here = new Dictionary<Setting, SettingInput>();
        foreach (var input in inputs)
        {
            if (input.Text.Length == 0)
                continue;

            if (OptionsCatalog.FindLater(input.Name) is { } later)
            {
                warnings.Add($"{later.Name} ({input.Origin}) {later.Why}");
                continue;
            }

            if (OptionsCatalog.Find(input.Name) is not { } setting)
            {
                unknown.Add($"{LogSafe.OneLine(input.Name, 80)} ({input.Origin}) is no setting: `tandem config` lists all");
                continue;
            }

            if (!here.TryGetValue(setting, out var other))
            {
                here[setting] = input;
                continue;
            }

            // The same name twice: the later line goes. Two names of one setting: the first name of the catalog goes.
            var (winner, loser) = Rank(setting, input) <= Rank(setting, other) ? (input, other) : (other, input);
            here[setting] = winner;
            if (winner.Name != loser.Name && winner.Text != loser.Text)
                warnings.Add($"{loser.Name} ({loser.Origin}) is not used: {winner.Name} is set as well");
        }

        foreach (var (setting, input) in here)
            chosen[setting] = input;
    }

    private static int Rank(Setting setting, SettingInput input)
    {
        if (input.Name.Equals(setting.Name, StringComparison.OrdinalIgnoreCase))
            return -1;

        for (var i = 0; i < setting.Aliases.Count; i++)
        {
            if (input.Name.Equals(setting.Aliases[i], StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return setting.Aliases.Count;
    }

    private static List<SettingInput> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        // Only names that we know: the environment is full of others' variables.
        var names = OptionsCatalog.All.SelectMany(s => s.Aliases.Prepend(s.Name)).Concat(OptionsCatalog.Later.Select(l => l.Name));
        return [.. names.Where(environment.ContainsKey).Select(n => new SettingInput(n, environment[n].Trim(), "the environment"))];
    }

    private static IReadOnlyList<SettingInput> Read(
        OptionsSources sources, string fileName, Func<string, string, ICollection<string>, IReadOnlyList<SettingInput>> parse, List<string> errors)
    {
        var path = Path.Combine(sources.WorkingDirectory, fileName);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return [];

            if (file.Length <= MaxFileBytes)
                return parse(File.ReadAllText(path), fileName, errors);

            errors.Add($"{path} is not accepted: a file of at most 1 MiB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{path} cannot be read: {LogSafe.OneLine(e.Message, 200)}");
        }

        return [];
    }
}
