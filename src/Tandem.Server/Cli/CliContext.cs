using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary>What a command may touch: where it prints and where settings come from. Tests give their own.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Errors and warnings.</param>
/// <param name="Input">Secrets that are typed or piped in.</param>
/// <param name="Sources">The sources of settings, given what the command line set.</param>
/// <param name="Time">The clock of everything that the command starts.</param>
/// <param name="Stop">Asks a server to stop; the signals of the process do the same.</param>
/// <param name="TakesSignals">True when a server that is started takes the signals of the process.</param>
/// <param name="Program">How people call this program: <c>tandem</c> or <c>./run</c>.</param>
public sealed record CliContext(
    TextWriter Output,
    TextWriter Error,
    TextReader Input,
    Func<IReadOnlyList<SettingInput>, OptionsSources> Sources,
    TimeProvider Time,
    CancellationToken Stop,
    string Program = "tandem",
    bool TakesSignals = false)
{
    /// <summary>The context of this process.</summary>
    public static CliContext OfProcess() =>
        new(
            Console.Out,
            Console.Error,
            Console.In,
            OptionsSources.OfProcess,
            TimeProvider.System,
            CancellationToken.None,
            Environment.GetEnvironmentVariable("TANDEM_PROGRAM") is { Length: > 0 and < 64 } program ? program : "tandem",
            TakesSignals: true);

    /// <summary>Prints one line on standard error.</summary>
    public void Complain(string line) => Error.WriteLine("tandem: " + line);

    /// <summary>Reads the settings; prints errors and, where asked for, warnings. Null when a setting is not accepted.</summary>
    public TandemOptions? LoadOptions(IReadOnlyList<SettingInput> commandLine, bool showWarnings)
    {
        var loaded = OptionsLoader.Load(Sources(commandLine));
        foreach (var error in loaded.Errors)
            Complain(error);

        if (showWarnings)
        {
            foreach (var warning in loaded.Warnings)
                Complain("warning: " + warning);
        }

        return loaded.IsGood ? loaded.Options : null;
    }
}
