using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Tandem.Server.Cli;

/// <summary><c>tandem version</c>.</summary>
public static class VersionCommand
{
    /// <summary>The version of this build: <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    public static Command Create(CliContext context)
    {
        var command = new Command("version", "Prints the version of Tandem and of what it runs on.");
        command.SetAction(_ =>
        {
            context.Output.WriteLine($"tandem {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCodes.Done;
        });
        return command;
    }
}
