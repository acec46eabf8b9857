using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Plan;

public sealed class PayloadTableTests
{
    [Fact]
    public void Knows_the_clock_of_each_payload_type()
    {
        var table = new PayloadTable();
        table.Add(0, 8000);
        table.Add(111, 48000);
        table.Add(101, 0);
        table.Add(-1, 8000);
        table.Add(128, 8000);
        Assert.Equal((true, true, true, false, false), (table.Contains(0), table.Contains(111), table.Contains(101), table.Contains(127), table.Contains(1)));
        Assert.Equal((8000, 48000, 0), (table.ClockRate(0), table.ClockRate(111), table.ClockRate(101)));
    }
}
