using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

public class BacklogMeterTests
{
    private readonly BacklogMeter _meter = new(floor: 4);

    [Fact]
    public void The_lag_is_the_time_since_nothing_waited()
    {
        _meter.CaughtUp(Moment.FromMilliseconds(1_000));
        Handle(4);
        Assert.Equal(TimeSpan.FromMilliseconds(250), _meter.Lag(Moment.FromMilliseconds(1_250), int.MaxValue));
        Handle(100);
        Assert.Equal(TimeSpan.FromMilliseconds(900), _meter.Lag(Moment.FromMilliseconds(1_900), int.MaxValue));
        _meter.CaughtUp(Moment.FromMilliseconds(1_900));
        Assert.Equal(TimeSpan.Zero, _meter.Lag(Moment.FromMilliseconds(2_000), int.MaxValue));
    }

    // The process stood still for ten seconds, and three messages came meanwhile: nobody is overloaded.
    [Fact]
    public void A_pause_is_no_backlog()
    {
        _meter.CaughtUp(Moment.FromMilliseconds(1_000));
        Handle(3);
        Assert.Equal(TimeSpan.Zero, _meter.Lag(Moment.FromMilliseconds(11_000), int.MaxValue));
    }

    // Busy for a second without rest, 1,000 messages handled: ten that wait will wait 10 ms, and ten thousand not more than the second.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(200, 200)]
    [InlineData(10_000, 1_000)]
    public void A_loop_that_keeps_up_is_not_behind(int waiting, int milliseconds)
    {
        _meter.CaughtUp(Moment.FromMilliseconds(1_000));
        Handle(1_000);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _meter.Lag(Moment.FromMilliseconds(2_000), waiting));
    }

    private void Handle(int messages)
    {
        for (var i = 0; i < messages; i++)
            _meter.CountHandled();
    }
}
