namespace Tandem.Calls.Events;

/// <summary>
/// A consumer of the event stream. It is called on the shard that raised the event: it must not block or throw; work
/// that takes longer is queued.
/// </summary>
public interface IEventSink
{
    void Publish(ExchangeEvent exchangeEvent);
}
