using Tandem.Calls.Tenants;

namespace Tandem.Server.Http;

/// <summary>The tenant that a request acts in: its own, or, for an operator, the one of <c>X-Tenant</c> or <c>?tenant=</c>.</summary>
internal static class TenantChoice
{
    private const string Header = "X-Tenant";
    private const string Parameter = "tenant";

    /// <summary>The identity in the tenant that it acts in; null when it may not act there. Whether such a tenant exists is not told.</summary>
    public static Identity? Apply(HttpContext context, Identity who, ITenantDirectory tenants)
    {
        var chosen = context.Request.Headers.TryGetValue(Header, out var header) ? header.ToString() : context.Request.Query[Parameter].ToString();
        if (chosen.Length == 0 || chosen == who.Home.Value)
            return who;

        return who.Role == Role.Operator && tenants.Find(new TenantId(chosen)) is { } tenant ? who with { Tenant = tenant.Id } : null;
    }
}
