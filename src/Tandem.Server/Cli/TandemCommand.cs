using System.CommandLine;
using Tandem.Server.Logging;

namespace Tandem.Server.Cli;

/// <summary>The command line of Tandem.</summary>
public static class TandemCommand
{
    /// <summary>Parses and runs; the result is the exit code of the process.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliContext context)
    {
        var root = Build(context);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                context.Complain(LogSafe.OneLine(error.Message));

            context.Complain($"`{context.Program} {Path(parsed.CommandResult.Command, root)}--help` shows what is accepted");
            return ExitCodes.Usage;
        }

        // Ctrl-C and SIGTERM belong to `serve`, which drains; nothing here may end the process early.
        var configuration = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception e)
        {
            context.Complain($"a fault in Tandem: {LogSafe.OneLine(e.ToString(), 4_000)}");
            return ExitCodes.Internal;
        }
    }

    private static RootCommand Build(CliContext context) => new("Tandem, a SIP telephone exchange.")
    {
        ServeCommand.Create(context),
        ExtensionsCommand.Create(context),
        ProfilesCommand.Create(context),
        AdminCommand.Create(context),
        PromptsCommand.Create(context),
        QueuesCommand.Create(context),
        RecordingsCommand.Create(context),
        RoomsCommand.Create(context),
        TenantsCommand.Create(context),
        TokenCommand.Create(context),
        TollCommand.Create(context),
        VoicemailCommand.Create(context),
        IvrCommand.Create(context),
        ExplainCommand.Create(context),
        ConfigurationCommands.Export(context),
        ConfigurationCommands.Apply(context),
        CheckCommand.Create(context),
        ConfigCommand.Create(context),
        VersionCommand.Create(context),
    };

    private static string Path(Command command, RootCommand root)
    {
        var names = new List<string>();
        for (Symbol? at = command; at is not null && at != root; at = at.Parents.FirstOrDefault())
            names.Insert(0, at.Name);

        return names.Count == 0 ? "" : string.Join(' ', names) + " ";
    }
}
