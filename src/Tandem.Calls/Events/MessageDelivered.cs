using Tandem.Calls.Messages;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>A phone of the called extension took the message.</summary>
public sealed record MessageDelivered(TenantId Tenant, string From, string To, int Bytes, MessageVerdict Verdict, DateTimeOffset At)
    : MessageEvent(Tenant, From, To, Bytes, Verdict, At);
