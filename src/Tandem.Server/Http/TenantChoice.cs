using Tandem.Calls.Tenants;

namespace Tandem.Server.Http;

/// <summary>The tenant that a request acts in: its own, or, for an operator, the one of <c>X-Tenant</c> or <c>?tenant=</c>.</summary>
internal static class TenantChoice
{
    private const string Header = "X-Tenant";
    private const string Parameter = "tenant";
    private const int LongestId = 64;

    /// <summary>The identity in the tenant that it acts in; null when it may not act there. Whether such a tenant exists is not told.</summary>
    public static Identity? Apply(HttpContext context, Identity who)
    {
        var chosen = context.Request.Headers.TryGetValue(Header, out var header) ? header.ToString() : context.Request.Query[Parameter].ToString();
        if (chosen.Length == 0 || chosen == who.Home.Value)
            return who;

        return who.Role == Role.Operator && IsId(chosen) ? who with { Tenant = new TenantId(chosen) } : null;
    }

    /// <summary>True for 1 to 64 of a-z, 0-9 and -.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
