using System.CommandLine;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Server.Options;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary>Opens the database for a command that reads or changes it, also beside a running server.</summary>
public static class CommandStorage
{
    /// <summary>Runs <paramref name="work"/> on the open storage; what the operator can mend becomes one line and exit code 1.</summary>
    public static async Task<int> RunAsync(CliContext context, IReadOnlyList<SettingInput> commandLine, Func<TandemStorage, TandemOptions, Task<int>> work)
    {
        if (context.LoadOptions(commandLine, showWarnings: false) is not { } options)
            return ExitCodes.Failed;

        if (options.Server.PostgresUrl is null && !Directory.Exists(options.Server.DataDirectory))
        {
            context.Complain($"DATA_DIR={options.Server.DataDirectory} is not there: start the server once, or name the folder with --data-dir");
            return ExitCodes.Failed;
        }

        try
        {
            await using var storage = TandemStorage.Open(options.Storage, context.Time);
            return await work(storage, options);
        }
        catch (Exception e) when (e is StorageException or NumberTakenException)
        {
            context.Complain(e.Message);
            return ExitCodes.Failed;
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for the data of one tenant, which must be there.</summary>
    public static Task<int> RunInAsync(
        CliContext context, IReadOnlyList<SettingInput> commandLine, TenantOption tenants, ParseResult result, Func<TandemStorage, TenantId, TandemOptions, Task<int>> work) =>
        RunAsync(context, commandLine, async (storage, options) =>
            await tenants.FindAsync(context, result, storage) is { } tenant ? await work(storage, tenant, options) : ExitCodes.Failed);

    /// <summary>A secret from one line of standard input; null when the line is empty or too long.</summary>
    public static string? ReadSecret(TextReader input)
    {
        var line = input.ReadLine();
        return line is { Length: > 0 and <= 128 } && !line.Any(char.IsControl) ? line : null;
    }
}
