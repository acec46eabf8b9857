using System.CommandLine;
using Tandem.Calls.Tenants;
using Tandem.Server.Logging;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary><c>--tenant</c>: whose data a command reads or changes.</summary>
public sealed class TenantOption
{
    private readonly Option<string> _option = new("--tenant") { Description = "The tenant whose data it is", HelpName = "ID", DefaultValueFactory = _ => TenantId.Default.Value };

    public TenantOption(Command command) => command.Add(_option);

    /// <summary>The tenant that was named; null, and a complaint, when there is none.</summary>
    public async Task<TenantId?> FindAsync(CliContext context, ParseResult result, TandemStorage storage)
    {
        var tenant = new TenantId(result.GetValue(_option)!);
        if (await storage.Tenants.FindAsync(tenant) is not null)
            return tenant;

        context.Complain($"there is no tenant {LogSafe.OneLine(tenant.Value, 64)}");
        return null;
    }
}
