using Tandem.Calls.Tenants;
using Tandem.Storage.Audit;

namespace Tandem.Server.Http;

/// <summary>How routes write to the audit log.</summary>
public static class AuditWriting
{
    /// <summary>Notes that somebody did something in the tenant that the request acts in. It returns at once.</summary>
    /// <param name="action">What, as <c>thing.verb</c>: <c>extension.create</c>.</param>
    /// <param name="target">The key of what it was done to.</param>
    /// <param name="detail">What changed; never a secret.</param>
    public static void Write(this AuditLog log, Identity who, string action, string target, string detail = "") => log.Write(new AuditEntry(
        who.Tenant, who.Kind.ToString().ToLowerInvariant(), who.Name, who.UserId ?? who.TokenId ?? "", who.Source is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : who.Source?.ToString() ?? "",
        action, target, detail));

    /// <summary>Notes what a command of the command line did.</summary>
    public static Task WriteCommandAsync(this AuditLog log, TenantId tenant, string action, string target, string detail = "") =>
        log.WriteNowAsync(Command(tenant, action, target, detail));

    /// <summary>What is noted of a command of the command line, for who writes it with what it changed.</summary>
    public static AuditEntry Command(TenantId tenant, string action, string target, string detail = "") => new(tenant, "command", Environment.UserName, "", "", action, target, detail);
}
