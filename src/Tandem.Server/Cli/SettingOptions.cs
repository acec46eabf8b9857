using System.CommandLine;
using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary>The settings on the command line: an option for each main one, and <c>--set NAME=VALUE</c> for all.</summary>
public sealed class SettingOptions
{
    private readonly List<(Setting Setting, Option<string> Option)> _named = [];
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Sets any setting by its name; may be repeated",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <param name="command">The command that gets the options.</param>
    /// <param name="all">True for every main setting, false for DATA_DIR only.</param>
    public SettingOptions(Command command, bool all)
    {
        // A secret on a command line is seen by everybody on the machine (ps): those have no option of their own.
        foreach (var setting in OptionsCatalog.All.Where(s => all ? s.IsMain && !s.IsSecret : s.Name == "DATA_DIR"))
        {
            var description = setting.DefaultText.Length > 0 ? $"{Sentence(setting.Reason)} [default: {setting.DefaultText}]" : Sentence(setting.Reason);
            var option = new Option<string>(setting.OptionName) { Description = description, HelpName = setting.Name };
            _named.Add((setting, option));
            command.Add(option);
        }

        command.Add(_set);
    }

    /// <summary>What the command line sets; an unreadable <c>--set</c> becomes an input that the loader refuses.</summary>
    public IReadOnlyList<SettingInput> Read(ParseResult result)
    {
        var inputs = new List<SettingInput>();
        foreach (var (setting, option) in _named)
        {
            if (result.GetValue(option) is { } text)
                inputs.Add(new SettingInput(setting.Name, text, "the command line"));
        }

        foreach (var assignment in result.GetValue(_set) ?? [])
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            inputs.Add(equals > 0
                ? new SettingInput(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "the command line")
                : new SettingInput(assignment, "true", "the command line"));
        }

        return inputs;
    }

    private static string Sentence(string reason)
    {
        var end = reason.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? reason : reason[..(end + 1)];
    }
}
