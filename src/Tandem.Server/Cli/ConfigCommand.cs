using System.CommandLine;
using System.Text.Json;
using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary><c>tandem config</c>: what is in force and where it comes from.</summary>
public static class ConfigCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("config", "Shows every setting, its value and where it comes from; secrets are hidden.");
        var markdown = new Option<bool>("--markdown") { Description = "Prints the page docs/configuration.md instead" };
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(markdown);
        command.Add(json);
        var settings = new SettingOptions(command, all: true);
        command.SetAction(result =>
        {
            if (result.GetValue(markdown))
            {
                context.Output.Write(ConfigurationPage.Write());
                return ExitCodes.Done;
            }

            var loaded = OptionsLoader.Load(context.Sources(settings.Read(result)));
            foreach (var line in loaded.Errors)
                context.Complain(line);

            foreach (var line in loaded.Warnings)
                context.Complain("warning: " + line);

            var rows = OptionsCatalog.All
                .Select(s => new { name = s.Name, value = Shown(s, loaded), origin = loaded.Origins.GetValueOrDefault(s, "default") })
                .ToList();
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(rows, CliJson.Options));
            }
            else
            {
                var width = rows.Max(r => r.name.Length);
                foreach (var row in rows)
                    context.Output.WriteLine($"{row.name.PadRight(width)}  {row.value}{(row.origin == "default" ? "" : $"   ({row.origin})")}");
            }

            return loaded.IsGood ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static string Shown(Setting setting, LoadedOptions loaded)
    {
        var value = setting.Format(loaded.Options);
        return value.Length > 0 ? value : setting.DefaultText;
    }
}
