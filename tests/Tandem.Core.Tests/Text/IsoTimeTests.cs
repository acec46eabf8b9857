using System.Globalization;
using Tandem.Core.Text;

namespace Tandem.Core.Tests.Text;

// RFC 3339 §5.6
public class IsoTimeTests
{
    [Theory]
    [InlineData("2026-01-31T09:05:07.1239999Z", "2026-01-31T09:05:07.123Z")]
    [InlineData("2026-01-31T00:30:00+02:00", "2026-01-30T22:30:00.000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void Times_are_utc_with_milliseconds(string time, string expected) =>
        Assert.Equal(expected, IsoTime.Text(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));
}
