using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Clearing, for development: <c>/api/admin</c> (document 5). In production these routes do not exist.</summary>
public static class AdminResource
{
    // The records of the calls that are hung up here are written before the history is emptied.
    private static readonly TimeSpan WriterPatience = TimeSpan.FromSeconds(5);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/admin/clear-calls", ClearCallsAsync).Needs(Permission.SystemWrite).WithSummary("Hangs up all calls and empties the history");
        api.MapPost("/admin/clear-users", ClearUsersAsync).Needs(Permission.SystemWrite).WithSummary("Drops all registrations and their history");
    }

    private static async Task<Ok<Done>> ClearCallsAsync(Identity who, IExchangeView exchange, AuditLog audit, TandemStorage storage, TimeProvider time, CancellationToken cancellation)
    {
        await exchange.ClearCallsAsync(who.Tenant, cancellation);
        await storage.Writer.FlushAsync(cancellation).WaitAsync(WriterPatience, time, cancellation);
        await storage.Cdrs.ClearAsync(who.Tenant, cancellation);
        audit.Write(who, "calls.clear", "", "all calls hung up, the history emptied");
        return ApiAnswer.Bare(new Done("All calls cleared"));
    }

    private static async Task<Ok<Done>> ClearUsersAsync(Identity who, IExchangeView exchange, AuditLog audit, TimeProvider time)
    {
        await exchange.ClearRegistrationsAsync(who.Tenant, time.GetUtcNow());
        audit.Write(who, "registrations.clear", "", "all registrations dropped");
        return ApiAnswer.Bare(new Done("All users cleared"));
    }
}
