namespace Tandem.Calls.Events;

/// <summary>
/// Hands each event to every sink, in order, on the thread that raised it. A sink that throws is counted and reported; the
/// others still get the event and the shard goes on. Thread-safe as far as its sinks are.
/// </summary>
public sealed class EventBus : IEventSink
{
    private readonly IEventSink[] _sinks;
    private readonly Action<IEventSink, Exception>? _failed;
    private long _published;
    private long _failures;

    /// <param name="sinks">The consumers, called in this order.</param>
    /// <param name="failed">Hears which sink threw what; it must not throw itself.</param>
    public EventBus(IEnumerable<IEventSink> sinks, Action<IEventSink, Exception>? failed = null)
    {
        _sinks = [.. sinks];
        _failed = failed;
    }

    /// <summary>Events since the start.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Times that a sink threw.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        Interlocked.Increment(ref _published);
        foreach (var sink in _sinks)
        {
            try
            {
                sink.Publish(exchangeEvent);
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref _failures);
                _failed?.Invoke(sink, e);
            }
        }
    }
}
