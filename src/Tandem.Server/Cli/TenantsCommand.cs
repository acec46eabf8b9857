using System.CommandLine;
using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Tenants;

namespace Tandem.Server.Cli;

/// <summary><c>tandem tenants</c>: list, add, set, remove.</summary>
public static class TenantsCommand
{
    private const string IdHelp = "The id of the tenant: 1 to 64 of a-z, 0-9 and -, which neither begins nor ends it";

    public static Command Create(CliContext context) => new("tenants", "Lists and changes the tenants; a running server follows within a second.")
    {
        List(context),
        Save(context, "add", "Adds a tenant.", isNew: true),
        Save(context, "set", "Changes a tenant; what is left out stays.", isNew: false),
        Remove(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the tenants.");
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(json);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var tenants = await storage.Tenants.ListAsync();
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(tenants.Select(TenantView.From), Json));
                return ExitCodes.Done;
            }

            Table.Write(context.Output, ["ID", "DOMAIN", "STATE", "TIME ZONE", "LANGUAGE", "NAME"], tenants.Select(t => new[]
            {
                t.Id.Value, t.Domain ?? "-", t.Enabled ? "enabled" : "disabled", t.TimeZone, t.Language, t.DisplayName,
            }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Save(CliContext context, string verb, string description, bool isNew)
    {
        var command = new Command(verb, description);
        var id = new Argument<string>("ID") { Description = IdHelp };
        var name = new Option<string>("--name") { Description = "What people call it" };
        var domain = new Option<string>("--domain") { Description = "The SIP domain of its phones; an empty text for none" };
        var enabled = new Option<bool?>("--enabled") { Description = "false: nobody signs in, registers or calls" };
        var zone = new Option<string>("--time-zone") { Description = "An IANA time zone, for example Europe/Berlin" };
        var language = new Option<string>("--language") { Description = "The language of its prompts, for example en" };
        var calls = new Option<int?>("--max-calls") { Description = "Calls in progress; 0 for no limit" };
        var rate = new Option<int?>("--max-calls-per-second") { Description = "New calls in a second; 0 for no limit" };
        var registrations = new Option<int?>("--max-registrations") { Description = "Registered contacts; 0 for no limit" };
        var bytes = new Option<long?>("--max-storage") { Description = "Bytes of recordings and sounds; 0 for no limit" };
        var spend = new Option<decimal?>("--max-spend") { Description = "Money for calls to outside in a day; 0 for no limit" };
        command.Add(id);
        foreach (var option in new Option[] { name, domain, enabled, zone, language, calls, rate, registrations, bytes, spend })
            command.Add(option);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), (storage, _) =>
        {
            var body = new TenantBody(
                null, result.GetValue(name), result.GetValue(domain), result.GetValue(enabled), result.GetValue(zone), result.GetValue(language),
                new TenantLimitsBody(result.GetValue(calls), result.GetValue(rate), result.GetValue(registrations), result.GetValue(bytes), result.GetValue(spend)));
            return SaveAsync(context, storage, new TenantId(result.GetValue(id)!), body, isNew);
        }));
        return command;
    }

    private static async Task<int> SaveAsync(CliContext context, TandemStorage storage, TenantId id, TenantBody body, bool isNew)
    {
        var before = isNew ? new Tenant(id, id.Value) : await storage.Tenants.FindAsync(id);
        if (before is null)
            return Unknown(context, id);

        var after = body.On(before);
        var problem = TenantRules.Find(after)
            ?? (id == TenantId.Default && !after.Enabled ? new FieldProblem("enabled", "true: the default tenant has the operators") : null);
        if (problem is not null)
        {
            context.Complain($"{problem.Field} is not accepted: {problem.Accepted}");
            return ExitCodes.Failed;
        }

        var saved = isNew ? await storage.Tenants.AddAsync(after) : await storage.Tenants.ChangeAsync(after, before.Version);
        if (saved == TenantSave.Done)
        {
            await storage.Audit.WriteCommandAsync(id, isNew ? "tenant.create" : "tenant.change", id.Value);
            return ExitCodes.Done;
        }

        context.Complain(saved switch
        {
            TenantSave.IdTaken => $"a tenant has, or had, the id {id}",
            TenantSave.DomainTaken => $"another tenant has the domain {after.Domain}",
            TenantSave.Stale => "the tenant was changed meanwhile: try again",
            _ => $"there is no tenant {id}",
        });
        return ExitCodes.Failed;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a tenant with its people, tokens, extensions, profiles, webhooks, tolls and sounds; calls, recordings and the audit log stay.");
        var id = new Argument<string>("ID") { Description = IdHelp };
        command.Add(id);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, options) =>
        {
            var tenant = new TenantId(result.GetValue(id)!);
            if (tenant == TenantId.Default)
            {
                context.Complain("the default tenant cannot be removed");
                return ExitCodes.Failed;
            }

            if (await storage.Tenants.RemoveAsync(tenant) != TenantSave.Done)
                return Unknown(context, tenant);

            await storage.Audit.WriteCommandAsync(tenant, "tenant.remove", tenant.Value);
            return RemoveSounds(context, options, tenant);
        }));
        return command;
    }

    private static int RemoveSounds(CliContext context, TandemOptions options, TenantId tenant)
    {
        try
        {
            using var sounds = new SoundStore(options.Server.DataDirectory, options.Playback, context.Time);
            sounds.RemoveTenant(tenant.Value);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Complain($"the tenant is removed, but its sounds in DATA_DIR={options.Server.DataDirectory} cannot be: {LogSafe.OneLine(e.Message, 200)}");
            return ExitCodes.Failed;
        }
    }

    private static readonly JsonSerializerOptions Json = new(CliJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static int Unknown(CliContext context, TenantId id)
    {
        context.Complain($"there is no tenant {LogSafe.OneLine(id.Value, 64)}");
        return ExitCodes.Failed;
    }
}
