using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Calls.Ivr;
using Tandem.Server.Http;
using Tandem.Server.Ivr;
using Tandem.Server.Rest;

namespace Tandem.Server.Cli;

/// <summary><c>tandem ivr</c>: list, show, set, remove, check and try menus. A running server follows within a second.</summary>
public static class IvrCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(CliContext context) => new("ivr", "Menus for callers: flows as JSON or YAML; a running server follows within a second.")
    {
        List(context),
        Show(context),
        Set(context),
        Remove(context),
        Check(context),
        Try(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the flows.");
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            Table.Write(context.Output, ["ID", "NAME", "CHANGED"], (await storage.Ivr.ListAsync(tenant)).Select(flow => new[]
            {
                flow.Id, flow.Name, flow.ChangedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Show(CliContext context)
    {
        var command = new Command("show", "Prints a flow as it was written.");
        var id = new Argument<string>("FLOW") { Description = "The id of the flow" };
        command.Add(id);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (await storage.Ivr.FindAsync(tenant, result.GetValue(id)!) is not { } flow)
                return Refuse(context, $"there is no flow {Logging.LogSafe.OneLine(result.GetValue(id)!, 80)}");

            context.Output.WriteLine(flow.Source.Length > 0 ? flow.Source.TrimEnd() : JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(flow.Document), Indented));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Set(CliContext context)
    {
        var command = new Command("set", "Keeps a flow; it is checked first.");
        var id = new Argument<string>("FLOW") { Description = "The id of the flow, the name in ivr:FLOW" };
        var file = FileArgument();
        command.Add(id);
        command.Add(file);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, options) =>
        {
            if (await ReadAsync(context, result.GetValue(file)!, options.Ivr) is not { } text)
                return ExitCodes.Failed;

            var read = FlowDocuments.From(result.GetValue(id)!, text, options.Ivr);
            if (read.Flow is not { } flow)
                return Tell(context, read);
            if (await storage.Ivr.SaveAsync(tenant, flow.Id, flow.Name, read.Json, read.Source, options.Ivr.MaxFlows) is not { } isNew)
                return Refuse(context, $"there are {options.Ivr.MaxFlows} flows, and more are not kept");

            await storage.Audit.WriteCommandAsync(tenant, isNew ? "ivr.create" : "ivr.change", flow.Id, $"name {flow.Name}, {flow.Steps.Count} steps");
            foreach (var warning in await IvrResource.WarningsAsync(tenant, storage, flow, CancellationToken.None))
                context.Complain($"warning: {warning.Field}: {warning.Accepted}");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a flow; calls that are in it go on.");
        var id = new Argument<string>("FLOW") { Description = "The id of the flow" };
        command.Add(id);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (!await storage.Ivr.RemoveAsync(tenant, result.GetValue(id)!))
                return Refuse(context, $"there is no flow {Logging.LogSafe.OneLine(result.GetValue(id)!, 80)}");

            await storage.Audit.WriteCommandAsync(tenant, "ivr.remove", result.GetValue(id)!);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Check(CliContext context)
    {
        var command = new Command("check", "Checks a flow without keeping it, and names each field that is not accepted.");
        var file = FileArgument();
        command.Add(file);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(async result =>
        {
            if (context.LoadOptions(settings.Read(result), showWarnings: false)?.Ivr is not { } options
                || await ReadAsync(context, result.GetValue(file)!, options) is not { } text)
                return ExitCodes.Failed;

            var read = FlowDocuments.From(IdOf(result.GetValue(file)!), text, options);
            if (read.Flow is not { } flow)
                return Tell(context, read);

            context.Output.WriteLine($"{flow.Name}: {flow.Steps.Count} steps, nothing is wrong with them");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Try(CliContext context)
    {
        var command = new Command("try", "Runs a flow without a phone: lines typed are keys, an empty line is silence, `quit` hangs up.");
        var file = FileArgument();
        var caller = new Option<string>("--caller") { Description = "Who calls", DefaultValueFactory = _ => "100" };
        var called = new Option<string>("--called") { Description = "What was dialled", DefaultValueFactory = _ => "" };
        var at = new Option<DateTime?>("--at") { Description = "The time that it is there, as 2026-12-24T18:00; now without" };
        command.Add(file);
        command.Add(caller);
        command.Add(called);
        command.Add(at);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(async result =>
        {
            var path = result.GetValue(file)!;
            if (context.LoadOptions(settings.Read(result), showWarnings: false)?.Ivr is not { } options || await ReadAsync(context, path, options) is not { } text)
                return ExitCodes.Failed;

            var read = FlowDocuments.From(IdOf(path), text, options);
            if (read.Flow is not { } flow)
                return Tell(context, read);

            var person = new IvrTerminal(context, result.GetValue(caller)!, result.GetValue(called)!, result.GetValue(at));
            var isThere = await new IvrRun(flow, person, id => Neighbour(path, id, options), options).RunAsync();
            context.Output.WriteLine(isThere ? "-- the exchange hangs up" : "-- the call is over");
            return ExitCodes.Done;
        });
        return command;
    }

    // A sub-flow is tried from the file of its name beside the one that goes into it.
    private static IvrFlow? Neighbour(FileInfo file, string id, IvrOptions options)
    {
        var path = Path.Combine(file.DirectoryName!, id + file.Extension);
        return File.Exists(path) && new FileInfo(path).Length <= options.MaxDocumentBytes ? FlowDocuments.From(id, File.ReadAllText(path), options).Flow : null;
    }

    private static string IdOf(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        return IvrFlowReader.IsName(name) ? name : "flow";
    }

    private static Argument<FileInfo> FileArgument() => new("FILE") { Description = "JSON or YAML" };

    private static async Task<string?> ReadAsync(CliContext context, FileInfo file, IvrOptions options)
    {
        if (!file.Exists || file.Length > options.MaxDocumentBytes)
        {
            context.Complain(file.Exists ? $"{file.Name} has more than {options.MaxDocumentBytes} bytes" : $"there is no file {Logging.LogSafe.OneLine(file.Name, 80)}");
            return null;
        }

        return await File.ReadAllTextAsync(file.FullName, Encoding.UTF8);
    }

    private static int Tell(CliContext context, FlowDocuments.Read read)
    {
        foreach (var problem in read.Problems)
            context.Complain(Logging.LogSafe.OneLine($"{problem.Field}: {problem.Accepted}", 400));
        return ExitCodes.Failed;
    }

    private static int Refuse(CliContext context, string text)
    {
        context.Complain(text);
        return ExitCodes.Failed;
    }
}
