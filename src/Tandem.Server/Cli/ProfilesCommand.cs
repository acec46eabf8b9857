using System.CommandLine;
using System.Text.Json;
using Tandem.Calls.Trunks;
using Tandem.Server.Http;
using Tandem.Server.Rest;

namespace Tandem.Server.Cli;

/// <summary>
/// <c>tandem profiles</c>: list, show, add, change and remove SIP profiles. A running server follows within a second; how a profile
/// stands with its provider is in the API of the server.
/// </summary>
public static class ProfilesCommand
{
    private static readonly JsonSerializerOptions Json = new(CliJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private const string Help = "The name or id of the SIP profile";

    public static Command Create(CliContext context) => new("profiles", "Lists and changes the SIP profiles, the accounts at providers; a running server follows within a second.")
    {
        List(context),
        Show(context),
        Add(context),
        Set(context),
        Remove(context),
        RotateKey(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the SIP profiles.");
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var profiles = await storage.Profiles.ListAsync(tenant);
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(profiles.Select(View), Json));
                return ExitCodes.Done;
            }

            Table.Write(context.Output, ["NAME", "ID", "SERVER", "USER", "STATE"], profiles.Select(profile => new[]
            {
                profile.Name, profile.Id.Value, profile.Server, profile.UserName, profile.Enabled ? "enabled" : "disabled",
            }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Show(CliContext context)
    {
        var command = new Command("show", "Shows one SIP profile, as JSON; never its password.");
        var key = new Argument<string>("PROFILE") { Description = Help };
        command.Add(key);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (await storage.Profiles.FindAsync(tenant, result.GetValue(key)!) is not { } profile)
                return Unknown(context, result.GetValue(key)!);

            context.Output.WriteLine(JsonSerializer.Serialize(View(profile), Json));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Add(CliContext context)
    {
        var command = new Command("add", "Adds a SIP profile and prints its id.");
        var name = new Argument<string>("NAME") { Description = "What people call it" };
        command.Add(name);
        var fields = new ProfileFields(command);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, options) =>
        {
            if (!fields.TryRead(context, result, out var draft))
                return ExitCodes.Failed;
            if ((draft with { Name = result.GetValue(name) }).Over(ProfilesResource.Blank(tenant), context.Time.GetUtcNow(), out var fault) is not { } profile)
                return Refuse(context, fault);
            if (await storage.Profiles.AddAsync(profile, options.Trunks.MaxProfiles) is not { } added)
                return Refuse(context, $"name: there is a SIP profile {Logging.LogSafe.OneLine(profile.Name, 80)} already");

            await storage.Audit.WriteCommandAsync(tenant, "profile.create", added.Id.Value, ProfilesResource.Describe(added, draft));
            context.Output.WriteLine(added.Id.Value);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Set(CliContext context)
    {
        var command = new Command("set", "Changes a SIP profile; calls in progress are left alone.");
        var key = new Argument<string>("PROFILE") { Description = Help };
        command.Add(key);
        var fields = new ProfileFields(command);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (!fields.TryRead(context, result, out var draft))
                return ExitCodes.Failed;
            if (await storage.Profiles.FindAsync(tenant, result.GetValue(key)!) is not { } before)
                return Unknown(context, result.GetValue(key)!);
            if (draft.Over(before, context.Time.GetUtcNow(), out var fault) is not { } profile)
                return Refuse(context, fault);

            if (await storage.Profiles.UpdateAsync(profile) is not { } saved)
                return Refuse(context, "somebody else changed it meanwhile: try again");

            await storage.Audit.WriteCommandAsync(tenant, "profile.change", saved.Id.Value, ProfilesResource.Describe(saved, draft));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command RotateKey(CliContext context)
    {
        var command = new Command("rotate-key", "Seals the passwords and client keys of all profiles, of all tenants, with a new key: a new file profiles-N.key in DATA_DIR/keys.");
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var report = await storage.Profiles.RotateKeyAsync();

            // One key seals those of all tenants: the entry is the operator's.
            await storage.Audit.WriteCommandAsync(
                Calls.Tenants.TenantId.Default, "profile-key.rotate", "", $"{report.Wrapped} sealed anew, {report.Kept} were already, {report.Unreadable} cannot be read");
            context.Output.WriteLine($"{report.Wrapped} profiles are sealed anew with {report.File}, {report.Kept} were already.");
            foreach (var file in report.Removed)
                context.Output.WriteLine($"{file} is removed.");
            context.Output.WriteLine("Back the new file up now, and copy it to the other nodes: without it the passwords cannot be read.");
            if (report.Unreadable == 0)
                return ExitCodes.Done;

            context.Complain($"{report.Unreadable} profiles are sealed with a key that is not at hand, and were left as they are; no key was removed");
            return ExitCodes.Failed;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a SIP profile and the numbers that come in by it alone.");
        var key = new Argument<string>("PROFILE") { Description = Help };
        command.Add(key);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (await storage.Profiles.FindAsync(tenant, result.GetValue(key)!) is not { } profile || !await storage.Profiles.RemoveAsync(tenant, profile.Id))
                return Unknown(context, result.GetValue(key)!);

            await storage.Audit.WriteCommandAsync(tenant, "profile.remove", profile.Id.Value);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static ProfileView View(SipProfile profile) => ProfileView.From(profile, null, null, withHistory: false);

    private static int Unknown(CliContext context, string key) => Refuse(context, $"there is no SIP profile {Logging.LogSafe.OneLine(key, 80)}");

    private static int Refuse(CliContext context, string text)
    {
        context.Complain(text);
        return ExitCodes.Failed;
    }
}
