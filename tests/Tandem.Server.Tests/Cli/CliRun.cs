using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary>Runs the command line in this process, in a folder of its own, without the environment of the machine.</summary>
public sealed class CliRun : IDisposable
{
    public Folder Folder { get; } = new();

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Standard input of the next run.</summary>
    public string Input { get; set; } = "";

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, null, arguments);

    /// <summary>Runs a command that goes on until <paramref name="stop"/>; <paramref name="ready"/> gets what it printed when it is ready.</summary>
    public async Task<int> RunAsync(CancellationToken stop, TaskCompletionSource<string>? ready, string[] arguments)
    {
        using var output = new WatchedWriter(ready);
        using var error = new StringWriter();
        Environment.TryAdd("DATA_DIR", Folder.At("data"));
        Environment.TryAdd("SIPS_PORT", "0");
        Environment.TryAdd("HTTPS_PORT", "0");
        Environment.TryAdd("LOG_FILE", Folder.At("logs/sip-server.log"));
        var context = new CliContext(
            output, error, new StringReader(Input), commandLine => new OptionsSources(Folder.Path, Environment, commandLine), TimeProvider.System, stop);
        var code = await TandemCommand.RunAsync(arguments, context);
        Output = output.ToString();
        Error = error.ToString();
        return code;
    }

    public void Dispose() => Folder.Dispose();

    // The start page is the first thing that a server flushes.
    private sealed class WatchedWriter(TaskCompletionSource<string>? ready) : StringWriter
    {
        public override void Flush() => ready?.TrySetResult(ToString());
    }
}
