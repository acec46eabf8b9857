using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Queues;

namespace Tandem.Server.Cli;

/// <summary><c>tandem queues</c>: queues of callers and who serves them. A running server follows within a second.</summary>
public static class QueuesCommand
{
    private const int LargestFile = 64 << 10;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static Command Create(CliContext context) => new("queues", "Queues in which callers wait for an agent, and who serves them.")
    {
        List(context),
        Show(context),
        Set(context),
        Remove(context),
        Member(context),
        RemoveMember(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the queues.");
        Run(context, command, async (storage, tenant, _) =>
        {
            var queues = (await storage.Queues.QueuesAsync()).Where(queue => queue.Tenant == tenant);
            Table.Write(context.Output, ["NAME", "NUMBER", "STRATEGY", "MEMBERS", "OVERFLOW"], queues.Select(queue => new[]
            {
                queue.Settings.Name, queue.Settings.Number, queue.Settings.Strategy.ToString(), queue.Members.Count.ToString(CultureInfo.InvariantCulture), queue.Settings.Overflow,
            }));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(CliContext context)
    {
        var command = new Command("show", "Shows the settings of a queue as JSON, as `set` takes them, and its members.");
        var name = Name(command);
        Run(context, command, (storage, tenant, result) => WithAsync(context, storage, tenant, result.GetValue(name)!, queue =>
        {
            context.Output.WriteLine(JsonSerializer.Serialize(QueueBody.From(queue.Settings), new JsonSerializerOptions(CliJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
            Table.Write(context.Output, ["AGENT", "SKILL", "TIER"], queue.Members.Select(member => new[]
            {
                member.Number, member.Skill.ToString(CultureInfo.InvariantCulture), member.Tier.ToString(CultureInfo.InvariantCulture),
            }));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command Set(CliContext context)
    {
        var command = new Command("set", "Makes a queue, or changes its settings: those of a JSON file, or the defaults with --number.");
        var name = Name(command);
        var file = new Option<FileInfo?>("--file") { Description = "Settings as JSON; what is left out has its default" };
        var number = new Option<string?>("--number") { Description = "The number at which phones reach it" };
        command.Add(file);
        command.Add(number);
        var tenants = new TenantOption(command);
        var options = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, options.Read(result), tenants, result, async (storage, tenant, loaded) =>
        {
            var known = (await storage.Queues.QueuesAsync()).FirstOrDefault(queue => queue.Tenant == tenant && queue.Settings.Name.Equals(result.GetValue(name), StringComparison.OrdinalIgnoreCase));
            var body = known is null ? new QueueBody() : QueueBody.From(known.Settings);
            if (result.GetValue(file) is { } path && (body = await ReadAsync(context, path)) is null)
                return ExitCodes.Failed;

            body.Name = known?.Settings.Name ?? result.GetValue(name)!;
            body.Number = result.GetValue(number) ?? body.Number;
            var (settings, problem) = QueuesResource.Read(body, null);
            if (settings is null)
            {
                context.Complain(LogSafe.OneLine($"{problem!.Field} is not accepted: {problem.Accepted}"));
                return ExitCodes.Failed;
            }

            storage.LoadRouting();
            if (settings.Number != known?.Settings.Number)
                ReservedNumbers.CheckQueue(loaded, storage, tenant, settings.Number);
            await storage.Queues.ChangeAsync(tenant, settings.Name, stored => new StoredQueue(tenant, settings, stored?.Members ?? []));
            await storage.Audit.WriteCommandAsync(tenant, known is null ? "queue.create" : "queue.change", settings.Name);
            context.Output.WriteLine($"{settings.Name} is {(known is null ? "made" : "changed")}");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a queue; who waits there goes.");
        var name = Name(command);
        Run(context, command, (storage, tenant, result) => WithAsync(context, storage, tenant, result.GetValue(name)!, async queue =>
        {
            await storage.Queues.DeleteAsync(tenant, queue.Settings.Name);
            await storage.Audit.WriteCommandAsync(tenant, "queue.remove", queue.Settings.Name);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Member(CliContext context)
    {
        var command = new Command("member", "Makes an extension an agent of a queue, or changes what it is there.");
        var name = Name(command);
        var number = Number(command);
        var skill = new Option<int>("--skill") { Description = "0 to 100: the highest is rung first by the strategy SKILL" };
        var tier = new Option<int>("--tier") { Description = "1 to 100: a higher one is rung only when nobody of a lower one is free", DefaultValueFactory = _ => 1 };
        command.Add(skill);
        command.Add(tier);
        Run(context, command, (storage, tenant, result) => WithAsync(context, storage, tenant, result.GetValue(name)!, async queue =>
        {
            var member = new QueueMember(result.GetValue(number)!, result.GetValue(skill), result.GetValue(tier));
            var most = context.LoadOptions([], showWarnings: false)?.Queues.MaxMembers ?? new QueueOptions().MaxMembers;
            if (QueueRules.Check(member) is { } problem)
            {
                context.Complain($"the member is not accepted: {problem.Field}, {problem.Accepted}");
                return ExitCodes.Failed;
            }

            if (await storage.Queues.ChangeAsync(tenant, queue.Settings.Name, stored => stored?.With(member, most)) is null)
            {
                context.Complain($"the member is not accepted: at most {most} (QUEUE_MAX_MEMBERS)");
                return ExitCodes.Failed;
            }

            await storage.Audit.WriteCommandAsync(tenant, "queue.member", queue.Settings.Name, member.Number);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command RemoveMember(CliContext context)
    {
        var command = new Command("remove-member", "Takes an agent out of a queue.");
        var name = Name(command);
        var number = Number(command);
        Run(context, command, (storage, tenant, result) => WithAsync(context, storage, tenant, result.GetValue(name)!, async queue =>
        {
            await storage.Queues.ChangeAsync(tenant, queue.Settings.Name, stored => stored?.Without(result.GetValue(number)!));
            await storage.Audit.WriteCommandAsync(tenant, "queue.member.remove", queue.Settings.Name, result.GetValue(number)!);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task<QueueBody?> ReadAsync(CliContext context, FileInfo file)
    {
        if (!file.Exists || file.Length > LargestFile)
        {
            context.Complain($"there is no file {LogSafe.OneLine(file.Name, 100)}, or it has more than {LargestFile} bytes");
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<QueueBody>(await File.ReadAllTextAsync(file.FullName), Web);
        }
        catch (JsonException e)
        {
            context.Complain($"{LogSafe.OneLine(file.Name, 100)} is no JSON of settings: {LogSafe.OneLine(e.Message, 200)}");
            return null;
        }
    }

    private static async Task<int> WithAsync(CliContext context, TandemStorage storage, TenantId tenant, string name, Func<StoredQueue, Task<int>> work)
    {
        if ((await storage.Queues.QueuesAsync()).FirstOrDefault(queue => queue.Tenant == tenant && queue.Settings.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } queue)
            return await work(queue);

        context.Complain($"there is no queue {LogSafe.OneLine(name, 64)}");
        return ExitCodes.Failed;
    }

    private static void Run(CliContext context, Command command, Func<TandemStorage, TenantId, ParseResult, Task<int>> work)
    {
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, (storage, tenant, _) => work(storage, tenant, result)));
    }

    private static Argument<string> Name(Command command)
    {
        var name = new Argument<string>("NAME");
        command.Add(name);
        return name;
    }

    private static Argument<string> Number(Command command)
    {
        var number = new Argument<string>("EXTENSION");
        command.Add(number);
        return number;
    }
}
