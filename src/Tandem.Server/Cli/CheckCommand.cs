using System.CommandLine;
using Tandem.Server.Certificates;
using Tandem.Server.Hosting;
using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary><c>tandem check</c>: would a start succeed?</summary>
public static class CheckCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("check", "Reads the settings and tries ports, folders, libraries and the database; says what is wrong and exits 1.");
        var settings = new SettingOptions(command, all: true);
        command.SetAction(result =>
        {
            var loaded = OptionsLoader.Load(context.Sources(settings.Read(result)));
            foreach (var warning in loaded.Warnings)
                context.Complain("warning: " + warning);

            var problems = loaded.Errors.ToList();
            if (loaded.IsGood)
            {
                problems.AddRange(StartupChecks.Run(loaded.Options));
                foreach (var warning in StartupChecks.Warnings(loaded.Options)
                    .Concat(StartupChecks.OptionalPorts(loaded.Options.Server))
                    .Concat(CertificateChecks.Warnings(loaded.Options, context.Time.GetUtcNow())))
                {
                    context.Complain("warning: " + warning);
                }
            }

            foreach (var problem in problems)
                context.Complain(problem);

            if (problems.Count > 0)
                return ExitCodes.Failed;

            context.Output.WriteLine("The settings are accepted, the ports are free, and the folders can be written.");
            return ExitCodes.Done;
        });
        return command;
    }
}
