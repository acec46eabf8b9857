using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>The call that it is asked about.</summary>
public sealed record RouteQuestion(
    TenantId Tenant, CallId Call, string Caller, string Called, string Direction, string Profile, DateTimeOffset At, string TraceId = "");
