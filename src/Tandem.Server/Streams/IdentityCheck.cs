using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;

namespace Tandem.Server.Streams;

/// <summary>
/// Looks again at who asked for something that lasts: his session may have ended meanwhile, his token, his right, or his tenant; and who is no operator
/// any more follows no other tenant than his own.
/// </summary>
internal static class IdentityCheck
{
    public static async Task<bool> IsGoodAsync(HttpContext context, Identity who, TandemStorage storage, Permission needed = Permission.EventsRead)
    {
        if (storage.TenantDirectory.Find(who.Tenant) is not { Enabled: true })
            return false;

        try
        {
            return who.Kind switch
            {
                IdentityKind.Session => SessionCookie.Read(context) is { } cookie && await storage.Sessions.FindAsync(cookie, context.RequestAborted) is { } session
                    && Roles.PermissionsOf(session.Role).Contains(needed) && MayFollow(who.Tenant, session.Tenant, session.Role),
                IdentityKind.Token => HttpAuthentication.TokenOf(context) is { } text && await storage.Tokens.FindAsync(text, context.RequestAborted) is { } token
                    && token.Allows(who.Source) && token.Permissions.Contains(needed) && MayFollow(who.Tenant, token.Tenant, token.Role),
                _ => true,
            };
        }
        catch (System.Data.Common.DbException)
        {
            // The database is away: nobody is thrown out for that.
            return true;
        }
    }

    private static bool MayFollow(TenantId followed, TenantId home, Role role) => followed == home || role == Role.Operator;
}
