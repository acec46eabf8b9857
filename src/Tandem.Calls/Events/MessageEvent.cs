using Tandem.Calls.Messages;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events;

/// <summary>
/// What became of a message between extensions. The text is in no event: it is the business of the two who exchange it.
/// </summary>
/// <param name="From">The extension that sent it.</param>
/// <param name="To">The number that it was sent to, as it was dialled.</param>
/// <param name="Bytes">The size of its body.</param>
/// <param name="Verdict">What became of it.</param>
public abstract record MessageEvent(TenantId Tenant, string From, string To, int Bytes, MessageVerdict Verdict, DateTimeOffset At)
    : ExchangeEvent(Tenant, At);
