using Tandem.Calls.Messages;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>No phone took the message; the verdict says why.</summary>
public sealed record MessageFailed(TenantId Tenant, string From, string To, int Bytes, MessageVerdict Verdict, DateTimeOffset At)
    : MessageEvent(Tenant, From, To, Bytes, Verdict, At);
