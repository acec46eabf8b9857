using Tandem.Core.Time;
using Tandem.Media.Dtmf;

namespace Tandem.Media.Tests.Dtmf;

public class DtmfCollectorTests
{
    [Theory]
    // Reports as "digit kind at", kinds e(vent), t(one), i(nfo), and how long, milliseconds, where it is not 100.
    [InlineData("5e0 5t60", "5")]
    [InlineData("5e0 5t60 5i130", "5")]
    [InlineData("5e0 5e200 5t60 5t260", "55")]
    [InlineData("5e0 5t60 5e200 5t260 5e400 5t460", "555")]
    [InlineData("5e0 6e200 5t60 6t260", "56")]
    [InlineData("5e0 5e200 5t260", "55")]
    [InlineData("5t0 5e900", "5")]
    [InlineData("5t0 5e1100", "55")]
    [InlineData("5i0 5i0", "55")]
    [InlineData("5e0+3000 5i3000+160", "5")] // held for long, INFO when it is let go
    [InlineData("5i0+160 5e20+3000", "5")]
    [InlineData("5e0+3000 5i4500+160", "55")]
    [InlineData("1e0 2e150 3e300 1i500 2i640 3i800", "123")]
    public void Each_press_counts_once(string reports, string digits)
    {
        var collector = new DtmfCollector();
        var found = "";
        foreach (var report in reports.Split(' '))
        {
            var kind = report[1] switch { 'e' => DtmfKind.RtpEvent, 't' => DtmfKind.InBand, _ => DtmfKind.Info };
            var times = report[2..].Split('+');
            if (collector.Add(new DtmfDigit(report[0], times.Length > 1 ? int.Parse(times[1]) : 100, kind, Moment.FromMilliseconds(long.Parse(times[0])))))
                found += report[0];
        }

        Assert.Equal(digits, found);
    }
}
