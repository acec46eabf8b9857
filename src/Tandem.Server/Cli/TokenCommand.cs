using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Server.Logging;

namespace Tandem.Server.Cli;

/// <summary><c>tandem token</c>: tokens for programs that use the API.</summary>
public static class TokenCommand
{
    public static Command Create(CliContext context) => new("token", "Tokens for programs that use the API (Authorization: Bearer ...).")
    {
        Add(context),
        List(context),
        Revoke(context),
    };

    private static Command Add(CliContext context)
    {
        var command = new Command("add", "Makes a token and prints it; it cannot be shown again.");
        var name = new Argument<string>("NAME") { Description = "What it is for" };
        var days = new Option<int?>("--days") { Description = "Days after which it ends; without it never" };
        command.Add(name);
        command.Add(days);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var text = result.GetValue(name)!;
            var lifetime = result.GetValue(days);
            if (text.Length is 0 or > 64 || lifetime is < 1 or > 36_500)
            {
                context.Complain(text.Length is 0 or > 64 ? "the name is not accepted: 1 to 64 characters" : $"--days {lifetime} is not accepted: 1 to 36500");
                return ExitCodes.Failed;
            }

            var (_, secret) = await storage.Tokens.CreateAsync(TenantId.Default, text, lifetime is { } d ? TimeSpan.FromDays(d) : null);
            context.Output.WriteLine(secret.Reveal());
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the tokens; only how they begin is known.");
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(json);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var tokens = await storage.Tokens.ListAsync(TenantId.Default);
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(
                    tokens.Select(t => new { id = t.Id, name = t.Name, prefix = t.Prefix, createdAt = t.CreatedAt, expiresAt = t.ExpiresAt }), CliJson.Options));
                return ExitCodes.Done;
            }

            Table.Write(context.Output, ["ID", "BEGINS", "CREATED", "ENDS", "NAME"], tokens.Select(t => new[] { t.Id, t.Prefix, Day(t.CreatedAt), Day(t.ExpiresAt), t.Name }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Revoke(CliContext context)
    {
        var command = new Command("revoke", "Ends a token at once.");
        var id = new Argument<string>("ID") { Description = "The id that `token list` shows, or the name when only one token has it" };
        command.Add(id);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var key = result.GetValue(id)!;
            var named = (await storage.Tokens.ListAsync(TenantId.Default)).Where(t => t.Id == key || t.Name == key).ToList();
            if (named.Count == 1 && await storage.Tokens.RevokeAsync(TenantId.Default, named[0].Id))
                return ExitCodes.Done;

            context.Complain(named.Count > 1 ? $"{named.Count} tokens are named {LogSafe.OneLine(key, 64)}: use the id" : $"there is no token {LogSafe.OneLine(key, 64)}");
            return ExitCodes.Failed;
        }));
        return command;
    }

    private static string Day(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";
}
