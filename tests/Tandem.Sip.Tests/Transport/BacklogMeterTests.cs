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
        Assert.Equal(TimeSpan.FromMilliseconds(250), _meter.Lag(Moment.FromMilliseconds(1_250)));
        Handle(100);
        Assert.Equal(TimeSpan.FromMilliseconds(900), _meter.Lag(Moment.FromMilliseconds(1_900)));
        _meter.CaughtUp(Moment.FromMilliseconds(1_900));
        Assert.Equal(TimeSpan.Zero, _meter.Lag(Moment.FromMilliseconds(2_000)));
    }

    // The process stood still for ten seconds, and three messages came meanwhile: nobody is overloaded.
    [Fact]
    public void A_pause_is_no_backlog()
    {
        _meter.CaughtUp(Moment.FromMilliseconds(1_000));
        Handle(3);
        Assert.Equal(TimeSpan.Zero, _meter.Lag(Moment.FromMilliseconds(11_000)));
    }

    private void Handle(int messages)
    {
        for (var i = 0; i < messages; i++)
            _meter.CountHandled();
    }
}
