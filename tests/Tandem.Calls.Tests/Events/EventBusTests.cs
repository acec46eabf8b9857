using Tandem.Calls.Events;

namespace Tandem.Calls.Tests.Events;

public class EventBusTests
{
    [Fact]
    public void Every_sink_gets_every_event_in_order()
    {
        var seen = new List<string>();
        var bus = new EventBus([new Recorder("a", seen), new Recorder("b", seen)]);

        bus.Publish(Samples.Registration(number: "100"));
        bus.Publish(Samples.Registration(number: "101"));

        Assert.Equal(["a:100", "b:100", "a:101", "b:101"], seen);
        Assert.Equal(2, bus.Published);
        Assert.Equal(0, bus.Failures);
    }

    [Fact]
    public void A_sink_that_throws_is_counted_and_reported_and_keeps_nothing_from_the_others()
    {
        var seen = new List<string>();
        var broken = new Broken();
        var reported = new List<(IEventSink Sink, Exception Error)>();
        var bus = new EventBus([broken, new Recorder("b", seen)], (sink, error) => reported.Add((sink, error)));

        bus.Publish(Samples.Registration());

        Assert.Equal(["b:100"], seen);
        Assert.Equal(1, bus.Failures);
        var (sink, error) = Assert.Single(reported);
        Assert.Same(broken, sink);
        Assert.Equal("broken", error.Message);
    }

    private sealed class Recorder(string name, List<string> seen) : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent) => seen.Add($"{name}:{((RegistrationEvent)exchangeEvent).Binding.Number}");
    }

    private sealed class Broken : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent) => throw new InvalidOperationException("broken");
    }
}
