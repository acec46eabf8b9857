using System.CommandLine;
using System.Globalization;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Toll;

namespace Tandem.Server.Cli;

/// <summary><c>tandem toll</c>: where calls to outside may go, and the way out of a block. A running server follows within a second.</summary>
public static class TollCommand
{
    public static Command Create(CliContext context) => new("toll", "Where calls to outside may go, how many, and for how much money.")
    {
        Show(context),
        Change(context, "allow", "Lets calls go to these destinations.", static (rules, entries) => rules with { Allowed = [.. rules.Allowed.Union(entries)], Closed = [.. rules.Closed.Except(entries)] }),
        Change(context, "forbid", "Lets calls no longer go to these destinations.", static (rules, entries) => rules with { Allowed = [.. rules.Allowed.Except(entries)], Closed = [.. rules.Closed.Union(entries.Except(rules.Allowed))] }),
        Lift(context),
        Prices(context),
    };

    private static Command Show(CliContext context)
    {
        var command = new Command("show", "Shows the rules, the money of the day and the block if there is one.");
        var tenants = new TenantOption(command);
        var profiles = ProfileOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (await ProfileAsync(context, storage, tenant, result.GetValue(profiles)!) is not { } profile)
                return ExitCodes.Failed;

            var rules = await storage.Toll.RulesAsync(tenant, profile) ?? TollRules.Default;
            context.Output.WriteLine($"allowed            {string.Join(' ', rules.Allowed)}");
            context.Output.WriteLine($"closed             {string.Join(' ', rules.Closed)}");
            context.Output.WriteLine($"open premium       {string.Join(' ', rules.OpenPremium)}");
            context.Output.WriteLine($"always allowed     {string.Join(' ', rules.AlwaysAllowed)}");
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calls at once      {rules.MaxConcurrent}"));
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calls a minute     {rules.MaxPerMinute}"));
            context.Output.WriteLine($"money a day        {rules.MaxSpendPerDay?.ToString("0.######", CultureInfo.InvariantCulture) ?? "no cap"}");
            if (profile.Length > 0)
                return ExitCodes.Done;

            var state = await storage.Toll.StateAsync(tenant);
            var day = state == Tandem.Calls.Security.Toll.TollState.Empty ? "" : $" on {state.Day:yyyy-MM-dd}";
            context.Output.WriteLine($"spent              {state.Spent.ToString("0.######", CultureInfo.InvariantCulture)}{day}");
            if (state.Block is { } block && block.Holds(context.Time.GetUtcNow()))
                context.Output.WriteLine($"BLOCKED            {LogSafe.OneLine(block.Text, 200)}; `{context.Program} toll lift` opens the way out");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Change(CliContext context, string name, string description, Func<TollRules, IReadOnlyList<string>, TollRules> change)
    {
        var command = new Command(name, description);
        var entries = new Argument<string[]>("DESTINATION") { Description = "Country (GB), E.164 prefix (4420), home, or * for everywhere", Arity = ArgumentArity.OneOrMore };
        command.Add(entries);
        var tenants = new TenantOption(command);
        var profiles = ProfileOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (await ProfileAsync(context, storage, tenant, result.GetValue(profiles)!) is not { } profile)
                return ExitCodes.Failed;

            var rules = change(await storage.Toll.RulesAsync(tenant, profile) ?? TollRules.Default, result.GetValue(entries)!);
            if (rules.Problem() is { } problem)
            {
                context.Complain(LogSafe.OneLine(problem));
                return ExitCodes.Failed;
            }

            await storage.Toll.SetRulesAsync(tenant, profile, rules);
            await storage.Audit.WriteCommandAsync(tenant, "toll.rules", profile, TollResource.Describe(rules));
            context.Output.WriteLine($"allowed: {string.Join(' ', rules.Allowed)}; closed: {string.Join(' ', rules.Closed)}");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Lift(CliContext context)
    {
        var command = new Command("lift", "Opens the way out again after a trip.");
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            await storage.Toll.LiftAsync(tenant, at: null);
            await storage.Audit.WriteCommandAsync(tenant, "toll.lift", "");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Prices(CliContext context)
    {
        var command = new Command("prices", "Replaces the price list by a CSV file: prefix,perMinute,incrementSeconds.");
        var file = new Argument<FileInfo>("FILE");
        command.Add(file);
        var tenants = new TenantOption(command);
        var profiles = ProfileOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, (storage, tenant, _) =>
            SetPricesAsync(context, storage, result.GetValue(file)!, tenant, result.GetValue(profiles)!)));
        return command;
    }

    private static async Task<int> SetPricesAsync(CliContext context, TandemStorage storage, FileInfo file, TenantId tenant, string named)
    {
        if (!file.Exists)
        {
            context.Complain($"there is no file {LogSafe.OneLine(file.Name, 100)}");
            return ExitCodes.Failed;
        }

        if (await ProfileAsync(context, storage, tenant, named) is not { } profile)
            return ExitCodes.Failed;

        var (prices, problem) = TollPriceList.Read(await File.ReadAllTextAsync(file.FullName));
        if (prices is null)
        {
            context.Complain(problem);
            return ExitCodes.Failed;
        }

        await storage.Toll.SetPricesAsync(tenant, profile, prices);
        await storage.Audit.WriteCommandAsync(tenant, "toll.prices", profile, string.Create(CultureInfo.InvariantCulture, $"{prices.Count} prices"));
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{prices.Count} prices"));
        return ExitCodes.Done;
    }

    // Its id, empty for the tenant; null, and told, when the tenant has none like that: rules of it would protect nothing.
    private static async Task<string?> ProfileAsync(CliContext context, TandemStorage storage, TenantId tenant, string idOrName)
    {
        if (idOrName.Length == 0)
            return "";
        if (await storage.Profiles.FindAsync(tenant, idOrName) is { } profile)
            return profile.Id.Value;

        context.Complain($"there is no SIP profile {LogSafe.OneLine(idOrName, 40)}");
        return null;
    }

    private static Option<string> ProfileOption(Command command)
    {
        var option = new Option<string>("--profile") { Description = "What this profile, by its id or name, adds to the rules of its tenant", DefaultValueFactory = _ => "" };
        command.Add(option);
        return option;
    }
}
