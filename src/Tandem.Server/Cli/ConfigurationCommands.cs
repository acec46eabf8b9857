using System.CommandLine;
using System.Data.Common;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Routing;

namespace Tandem.Server.Cli;

/// <summary><c>tandem export</c> and <c>tandem apply</c>: how the calls of a tenant go, as a file. A running server follows within a second.</summary>
public static class ConfigurationCommands
{
    public static Command Export(CliContext context)
    {
        var command = new Command("export", "Prints rules, ring groups, calendars and what extensions have set as YAML.");
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            context.Output.Write((await ReadAsync(storage, tenant)).Write());
            return ExitCodes.Done;
        }));
        return command;
    }

    public static Command Apply(CliContext context)
    {
        var command = new Command("apply", "Makes the configuration of a tenant what a file says, after the checks of the API.");
        var file = new Argument<FileInfo>("FILE") { Description = "What `export` printed, and somebody changed" };
        var dry = new Option<bool>("--dry-run") { Description = "Shows the difference and changes nothing" };
        command.Add(file);
        command.Add(dry);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, (storage, tenant, _) =>
            ApplyAsync(context, storage, tenant, result.GetValue(file)!, result.GetValue(dry))));
        return command;
    }

    private static async Task<TenantFile> ReadAsync(TandemStorage storage, TenantId tenant)
    {
        var read = await storage.Routing.ConfigurationAsync(tenant);
        return new TenantFile { Routing = read.Document, Extensions = read.Features.ToDictionary() };
    }

    private static async Task<int> ApplyAsync(CliContext context, TandemStorage storage, TenantId tenant, FileInfo source, bool isDry)
    {
        if (!source.Exists || source.Length > TenantFile.MostCharacters * 4L)
        {
            context.Complain($"{LogSafe.OneLine(source.Name, 100)} is no file, or too long");
            return ExitCodes.Failed;
        }

        var (file, problem) = TenantFile.Read(await File.ReadAllTextAsync(source.FullName));
        if (file is null)
        {
            context.Complain(LogSafe.OneLine(problem, 500));
            return ExitCodes.Failed;
        }

        storage.LoadRouting();
        var (table, problems) = RoutingCompiler.Compile(file.Routing, RoutingResource.Exists(storage, tenant));
        foreach (var one in problems)
            context.Complain($"{(one.IsFatal ? "" : "warning: ")}{LogSafe.OneLine(one.Where, 100)}: {LogSafe.OneLine(one.Text, 300)}");
        if (table is null)
            return ExitCodes.Failed;
        if (file.Extensions.Keys.FirstOrDefault(number => storage.Directory.Find(tenant, number) is null) is { } unknown)
        {
            context.Complain($"extensions[{LogSafe.OneLine(unknown, 40)}]: there is no such extension");
            return ExitCodes.Failed;
        }

        return await SaveAsync(context, storage, tenant, file, isDry);
    }

    private static async Task<int> SaveAsync(CliContext context, TandemStorage storage, TenantId tenant, TenantFile file, bool isDry)
    {
        var read = await storage.Routing.ConfigurationAsync(tenant);

        // Extensions that the file does not name keep what they have.
        var after = new Dictionary<string, ExtensionFeatures>(read.Features);
        foreach (var (number, features) in file.Extensions)
            after[number] = features;
        foreach (var number in after.Keys.Where(number => after[number].IsEmpty).ToList())
            after.Remove(number);

        var difference = TenantFile.Difference(
            new TenantFile { Routing = read.Document, Extensions = read.Features.ToDictionary() }.Write(), new TenantFile { Routing = file.Routing, Extensions = after }.Write());
        foreach (var line in difference)
            context.Output.WriteLine(LogSafe.OneLine(line, 1_000));
        if (difference.Count == 0)
            context.Output.WriteLine("Nothing changes.");
        if (isDry || difference.Count == 0)
            return ExitCodes.Done;

        if (RoutingRepository.IsTooLarge(file.Routing))
        {
            context.Complain($"the routing of a tenant has at most {RoutingRepository.MostCharacters} characters");
            return ExitCodes.Failed;
        }

        return await SaveAllAsync(context, storage, tenant, read, file);
    }

    // In one transaction: what breaks off in the middle leaves the tenant as it was.
    private static async Task<int> SaveAllAsync(CliContext context, TandemStorage storage, TenantId tenant, RoutingConfiguration read, TenantFile file)
    {
        var entry = AuditWriting.Command(tenant, "routing.apply", "", $"{file.Routing.Rules.Count} rules, {file.Routing.Groups.Count} groups, {file.Extensions.Count} extensions");
        try
        {
            var problem = await storage.Routing.ApplyAsync(tenant, read, file.Routing, file.Extensions, entry) switch
            {
                RoutingSave.Done => null,
                RoutingSave.UnknownExtension => "an extension of the file was removed meanwhile: nothing was changed",
                _ => "somebody else has changed the configuration at the same time: nothing was changed, look at the difference again",
            };
            if (problem is null)
                return ExitCodes.Done;

            context.Complain(problem);
        }
        catch (DbException e)
        {
            context.Complain($"nothing was changed, the database refused it: {LogSafe.OneLine(e.Message, 500)}");
        }

        return ExitCodes.Failed;
    }
}
