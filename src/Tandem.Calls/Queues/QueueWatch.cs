using Tandem.Calls.Events;

namespace Tandem.Calls.Queues;

/// <summary>Tells the desk of queues, after all others, what may set an agent free.</summary>
internal sealed class QueueWatch(IEventSink others, QueueDesk desk) : IEventSink
{
    public void Publish(ExchangeEvent exchangeEvent)
    {
        others.Publish(exchangeEvent);
        if (exchangeEvent is CallEnded or RegistrationEvent)
            desk.Heard(exchangeEvent);
    }
}
