using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;

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
        var scopes = new Option<string[]>("--scopes") { Description = "What it may do, for example calls:read; without it everything", HelpName = "SCOPE", AllowMultipleArgumentsPerToken = true };
        var addresses = new Option<string[]>("--from") { Description = "Where it may come from: addresses or prefixes like 192.0.2.0/24; without it anywhere", HelpName = "PREFIX", AllowMultipleArgumentsPerToken = true };
        command.Add(name);
        command.Add(days);
        command.Add(scopes);
        command.Add(addresses);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var text = result.GetValue(name)!;
            var lifetime = result.GetValue(days);
            if (text.Length is 0 or > 64 || lifetime is < 1 or > 36_500)
            {
                context.Complain(text.Length is 0 or > 64 ? "the name is not accepted: 1 to 64 characters" : $"--days {lifetime} is not accepted: 1 to 36500");
                return ExitCodes.Failed;
            }

            var grant = TokenGrant.Whole(tenant);
            if (result.GetValue(scopes) is { Length: > 0 } words)
            {
                if (!PermissionSet.TryRead(words.SelectMany(word => word.Split(',')), out var set, out var unknown))
                {
                    context.Complain($"--scopes {LogSafe.OneLine(unknown, 40)} is not accepted: {string.Join(", ", PermissionSet.Words)}");
                    return ExitCodes.Failed;
                }

                grant = grant with { Scopes = set };
            }

            if (TokensResource.ReadAddresses([.. (result.GetValue(addresses) ?? []).SelectMany(list => list.Split(','))]) is not { } prefixes)
            {
                context.Complain($"--from is not accepted: at most {TokensResource.MostAddresses} addresses or prefixes like 192.0.2.0/24");
                return ExitCodes.Failed;
            }

            var (token, secret) = await storage.Tokens.CreateAsync(tenant, text, lifetime is { } d ? TimeSpan.FromDays(d) : null, grant with { Addresses = prefixes });
            await storage.Audit.WriteCommandAsync(tenant, "token.create", token.Id, $"name {text}, scopes {grant.Scopes}");
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
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var tokens = await storage.Tokens.ListAsync(tenant);
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(
                    tokens.Select(t => new { id = t.Id, name = t.Name, prefix = t.Prefix, createdAt = t.CreatedAt, expiresAt = t.ExpiresAt, scopes = t.Scopes.ToWords(), addresses = t.Addresses, madeBy = t.MadeBy, lastUsedAt = t.LastUsedAt }), CliJson.Options));
                return ExitCodes.Done;
            }

            Table.Write(context.Output, ["ID", "BEGINS", "CREATED", "ENDS", "USED", "FROM", "SCOPES", "NAME"], tokens.Select(t => new[] { t.Id, t.Prefix, Day(t.CreatedAt), Day(t.ExpiresAt), Day(t.LastUsedAt), t.Addresses.Length > 0 ? t.Addresses : "anywhere", t.Scopes.ToString(), t.Name }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Revoke(CliContext context)
    {
        var command = new Command("revoke", "Ends a token at once.");
        var id = new Argument<string>("ID") { Description = "The id that `token list` shows, or the name when only one token has it" };
        command.Add(id);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var key = result.GetValue(id)!;
            var named = (await storage.Tokens.ListAsync(tenant)).Where(t => t.Id == key || t.Name == key).ToList();
            if (named.Count == 1 && await storage.Tokens.RevokeAsync(tenant, named[0].Id))
            {
                await storage.Audit.WriteCommandAsync(tenant, "token.revoke", named[0].Id);
                return ExitCodes.Done;
            }

            context.Complain(named.Count > 1 ? $"{named.Count} tokens are named {LogSafe.OneLine(key, 64)}: use the id" : $"there is no token {LogSafe.OneLine(key, 64)}");
            return ExitCodes.Failed;
        }));
        return command;
    }

    private static string Day(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";
}
