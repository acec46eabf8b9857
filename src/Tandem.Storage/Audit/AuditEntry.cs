using Tandem.Calls.Tenants;

namespace Tandem.Storage.Audit;

/// <summary>One thing that somebody did.</summary>
/// <param name="Tenant">The tenant that it was done in.</param>
/// <param name="ActorKind"><c>session</c>, <c>token</c>, <c>loopback</c>, or <c>command</c> for the command line.</param>
/// <param name="Actor">The user or the name of the token.</param>
/// <param name="ActorId">The key of the user or token; empty where there is none.</param>
/// <param name="Source">The address that the request came from; empty for the command line.</param>
/// <param name="Action">What was done, as <c>thing.verb</c>: <c>extension.create</c>.</param>
/// <param name="Target">The key of what it was done to.</param>
/// <param name="Detail">What changed; never a secret.</param>
public sealed record AuditEntry(
    TenantId Tenant, string ActorKind, string Actor, string ActorId, string Source, string Action, string Target, string Detail)
{
    /// <summary>Its key; empty until it is written.</summary>
    public string Id { get; init; } = "";

    /// <summary>When it was done; set when it is written.</summary>
    public DateTimeOffset At { get; init; }
}
