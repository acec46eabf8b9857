using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Options;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary><c>prompts</c>: list, add, remove. It works on the files in DATA_DIR; a running server plays what it finds there.</summary>
public static class PromptsCommand
{
    public static Command Create(CliContext context) => new("prompts", "Lists and changes the prompts; a running server plays them from the next call on.")
    {
        List(context),
        Add(context),
        Remove(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the prompts that were added, or those that are built in.");
        var builtIn = new Option<bool>("--built-in") { Description = "Lists the built-in prompts instead" };
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(builtIn);
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => RunAsync(context, settings.Read(result), tenants, result, (store, _, tenant) =>
        {
            if (result.GetValue(builtIn))
            {
                var all = BuiltInPrompts.Languages.SelectMany(language => BuiltInPrompts.Of(language).Select(name => new[] { name, language })).ToList();
                if (result.GetValue(json))
                    context.Output.WriteLine(JsonSerializer.Serialize(all.Select(row => new { name = row[0], language = row[1] }), CliJson.Options));
                else
                    Table.Write(context.Output, ["NAME", "LANGUAGE"], all);
                return Task.FromResult(ExitCodes.Done);
            }

            var own = store.Prompts(tenant.Value);
            var sounds = own.Names().Select(own.Find).OfType<StoredSound>().ToList();
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(
                    sounds.Select(sound => new { name = sound.Name, kind = sound.Kind, bytes = sound.Bytes, seconds = Math.Round(sound.Duration.TotalSeconds, 3) }), CliJson.Options));
            }
            else
            {
                Table.Write(context.Output, ["NAME", "SECONDS", "KIND"], sounds.Select(sound => new[] { sound.Name, sound.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), sound.Kind }));
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command Add(CliContext context)
    {
        var command = new Command("add", "Adds a prompt, or puts another file in its place.");
        var name = new Argument<string>("NAME") { Description = SoundName.Accepts };
        var file = new Argument<string>("FILE") { Description = "A WAV or Ogg/Opus file" };
        command.Add(name);
        command.Add(file);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => RunAsync(context, settings.Read(result), tenants, result, async (store, storage, tenant) =>
        {
            FileStream content;
            try
            {
                content = File.OpenRead(result.GetValue(file)!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                context.Complain($"{LogSafe.OneLine(result.GetValue(file)!, 200)} cannot be read: {LogSafe.OneLine(e.Message, 200)}");
                return ExitCodes.Failed;
            }

            await using (content)
            {
                var saved = await store.SavePromptAsync(tenant.Value, result.GetValue(name)!, content, CancellationToken.None);
                if (saved.Error != SaveError.None)
                {
                    context.Complain(LogSafe.OneLine(saved.Text, 300));
                    return ExitCodes.Failed;
                }
            }

            await storage.Audit.WriteCommandAsync(tenant, "prompt.save", result.GetValue(name)!);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a prompt; a built-in one of that name is heard again.");
        var name = new Argument<string>("NAME") { Description = "The name of the prompt" };
        command.Add(name);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => RunAsync(context, settings.Read(result), tenants, result, async (store, storage, tenant) =>
        {
            if (store.Prompts(tenant.Value).Remove(result.GetValue(name)!))
            {
                await storage.Audit.WriteCommandAsync(tenant, "prompt.remove", result.GetValue(name)!);
                return ExitCodes.Done;
            }

            context.Complain($"there is no prompt {LogSafe.OneLine(result.GetValue(name)!, 80)}");
            return ExitCodes.Failed;
        }));
        return command;
    }

    private static Task<int> RunAsync(
        CliContext context, IReadOnlyList<SettingInput> commandLine, TenantOption tenants, ParseResult result, Func<SoundStore, TandemStorage, TenantId, Task<int>> work) =>
        CommandStorage.RunInAsync(context, commandLine, tenants, result, async (storage, tenant, options) =>
        {
            // With PostgreSQL there may be no such folder here, and the sounds would land where no server plays them.
            if (!Directory.Exists(options.Server.DataDirectory))
            {
                context.Complain($"DATA_DIR={options.Server.DataDirectory} is not there: start the server once, or name the folder with --data-dir");
                return ExitCodes.Failed;
            }

            try
            {
                using var store = new SoundStore(options.Server.DataDirectory, options.Playback, context.Time);
                return await work(store, storage, tenant);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                context.Complain($"the prompts in DATA_DIR={options.Server.DataDirectory} cannot be changed: {LogSafe.OneLine(e.Message, 200)}");
                return ExitCodes.Failed;
            }
        });
}
