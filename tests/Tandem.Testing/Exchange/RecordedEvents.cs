using Tandem.Calls.Calls;
using Tandem.Calls.Events;

namespace Tandem.Testing.Exchange;

/// <summary>Keeps every event of an exchange.</summary>
public sealed class RecordedEvents : IEventSink
{
    public List<ExchangeEvent> All { get; } = [];

    /// <summary>The call events by their short names: <c>Created Ringing Answered Held Resumed Ended</c>.</summary>
    public string Story => string.Join(' ', All.OfType<CallEvent>().Select(e => e.GetType().Name[4..]));

    public IReadOnlyList<CallDetailRecord> Records => [.. All.OfType<CallEnded>().Select(e => e.Record)];

    /// <summary>The only record; throws unless there is exactly one.</summary>
    public CallDetailRecord Record => Records.Single();

    public void Publish(ExchangeEvent exchangeEvent) => All.Add(exchangeEvent);
}
