using System.CommandLine;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Storage.Administration;
using Tandem.Storage.Security;

namespace Tandem.Server.Cli;

/// <summary><c>tandem admin</c>: the people who administer the exchange.</summary>
public static class AdminCommand
{
    public static Command Create(CliContext context) => new("admin", "The user of the API.") { ResetPassword(context) };

    private static Command ResetPassword(CliContext context)
    {
        var command = new Command("reset-password", "Sets a new password, ends the user's sessions, and prints the password.");
        var user = new Option<string>("--user") { Description = "The user", DefaultValueFactory = _ => UserRepository.FirstUser };
        var stdin = new Option<bool>("--password-stdin") { Description = "Takes the password from one line of standard input instead of a random one" };
        var factor = new Option<bool>("--remove-second-factor") { Description = "Takes the second factor away as well" };
        command.Add(user);
        command.Add(factor);
        command.Add(stdin);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var given = result.GetValue(stdin);
            var text = given ? CommandStorage.ReadSecret(context.Input) : RandomText.Secret();
            if (text is null || !UserRepository.IsPassword(text))
            {
                context.Complain($"the password on standard input is not accepted: one line of {UserRepository.MinimumPasswordLength} to {UserRepository.MaximumPasswordLength} characters");
                return ExitCodes.Failed;
            }

            var name = result.GetValue(user)!;
            if (!UserRepository.IsName(name))
            {
                context.Complain("--user is not accepted: 1 to 64 of a-z, 0-9 and . _ - @ +");
                return ExitCodes.Failed;
            }

            await storage.Users.SetPasswordAsync(tenant, name, new Secret(text), result.GetValue(factor));
            await storage.Audit.WriteCommandAsync(tenant, "user.password", name, result.GetValue(factor) ? "second factor taken away" : "");
            context.Output.WriteLine(given ? $"The password of {name} is set." : $"{name}  {text}");
            return ExitCodes.Done;
        }));
        return command;
    }
}
