using System.CommandLine;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Administration;
using Tandem.Storage.Security;

namespace Tandem.Server.Cli;

/// <summary><c>tandem admin</c>: the people who administer the exchange.</summary>
public static class AdminCommand
{
    private const int MinimumPasswordLength = 8;

    public static Command Create(CliContext context) => new("admin", "The user of the API.") { ResetPassword(context) };

    private static Command ResetPassword(CliContext context)
    {
        var command = new Command("reset-password", "Sets a new password, ends the user's sessions, and prints the password.");
        var user = new Option<string>("--user") { Description = "The user", DefaultValueFactory = _ => AdminRepository.FirstUser };
        var stdin = new Option<bool>("--password-stdin") { Description = "Takes the password from one line of standard input instead of a random one" };
        command.Add(user);
        command.Add(stdin);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var given = result.GetValue(stdin);
            var text = given ? CommandStorage.ReadSecret(context.Input) : RandomText.Secret();
            if (text is not { Length: >= MinimumPasswordLength })
            {
                context.Complain($"the password on standard input is not accepted: one line of {MinimumPasswordLength} to 128 characters");
                return ExitCodes.Failed;
            }

            var name = result.GetValue(user)!;
            await storage.Admins.SetPasswordAsync(TenantId.Default, name, new Secret(text));
            await storage.Sessions.EndAllAsync(TenantId.Default, name);
            context.Output.WriteLine(given ? $"The password of {name} is set." : $"{name}  {text}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
