using Tandem.Core.Time;
using Tandem.Media.Dtmf;

namespace Tandem.Media.Tests.Dtmf;

public class SignalledDigitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData('\0', '\0', 299, false)]
    [InlineData('\0', '\0', 300, true)]
    [InlineData('5', '\0', 2_000, false)]
    [InlineData('\0', '5', 2_000, false)]
    [InlineData('6', '7', 300, true)]
    public void A_digit_waits_for_its_time_and_for_its_key_in_the_media(char asEvent, char asTone, int at, bool isTaken)
    {
        var digits = new SignalledDigits();
        Assert.True(digits.TryAdd('5', 160, Moment.FromMilliseconds(0), Patience));
        Assert.Equal(isTaken, digits.TryTake(Moment.FromMilliseconds(at), asEvent, asTone, out var digit));
        Assert.Equal(!isTaken, !digits.IsEmpty);
        Assert.Equal(isTaken ? new DtmfDigit('5', 160, DtmfKind.Info, Moment.FromMilliseconds(0)) : default, digit);
    }

    [Fact]
    public void They_come_in_their_order_and_not_without_end()
    {
        var digits = new SignalledDigits();
        var taken = "";
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < SignalledDigits.MaxWaiting; i++)
                Assert.True(digits.TryAdd((char)('0' + (i % 10)), 100, Moment.FromMilliseconds(round), Patience));
            Assert.False(digits.TryAdd('9', 100, Moment.FromMilliseconds(round), Patience));
            while (digits.TryTake(Moment.FromMilliseconds(1_000), default, default, out var digit))
                taken += digit.Digit;
        }

        Assert.Equal("012345678901234501234567890123450123456789012345", taken);
        Assert.True(digits.IsEmpty);
    }

    [Fact]
    public void What_is_no_digit_is_refused()
    {
        var digits = new SignalledDigits();
        Assert.False(digits.TryAdd('x', 100, Moment.FromMilliseconds(0), Patience));
        Assert.True(digits.IsEmpty);
    }
}
