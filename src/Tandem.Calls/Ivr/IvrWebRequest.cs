using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>A request to a web service of a tenant. It is signed like a webhook and may lead only where webhooks may.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Id">Unique, for the signature.</param>
/// <param name="Url">http or https.</param>
/// <param name="Body">JSON; null for a GET.</param>
/// <param name="Timeout">The longest wait.</param>
public sealed record IvrWebRequest(TenantId Tenant, string Id, string Url, byte[]? Body, TimeSpan Timeout)
{
    /// <summary>The call that asks; the default value where a flow is only tried.</summary>
    public CallId Call { get; init; }

    /// <summary>The trace id of that call; empty for none.</summary>
    public string TraceId { get; init; } = "";
}
