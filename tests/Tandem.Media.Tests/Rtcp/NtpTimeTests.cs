using Tandem.Core.Time;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Tests.Rtcp;

public sealed class NtpTimeTests
{
    // RFC 3550 §4: seconds since 1900 above, 2^-32 s below.
    [Theory]
    [InlineData(1_000, 2_208_988_801UL, 0UL)]
    [InlineData(1_500, 2_208_988_801UL, 0x8000_0000UL)]
    [InlineData(90_000_250, 2_209_078_800UL, 0x4000_0000UL)]
    public void Moments_become_seconds_and_fractions(long milliseconds, ulong seconds, ulong fraction) =>
        Assert.Equal((seconds << 32) | fraction, NtpTime.At(Moment.FromMilliseconds(milliseconds)));

    // The middle 32 bits are never 0: that would say that there was no report. They are 0 once in 18 hours.
    [Fact]
    public void The_middle_is_never_zero()
    {
        var zero = Moment.FromMilliseconds((65536 - (long)(2_208_988_800UL % 65536)) * 1000);
        Assert.Equal(1u, (uint)(NtpTime.At(zero) >> 16));
    }

    [Fact]
    public void Delays_go_there_and_back()
    {
        Assert.Equal(98304u, NtpTime.Short(TimeSpan.FromSeconds(1.5)));
        Assert.Equal(1500, NtpTime.FromShort(98304).TotalMilliseconds);
        Assert.Equal(0u, NtpTime.Short(TimeSpan.FromSeconds(-1)));
        Assert.Equal(uint.MaxValue, NtpTime.Short(TimeSpan.FromDays(2)));
    }
}
