using Tandem.Server.Hosting;

namespace Tandem.Server.Tests.Hosting;

public class GcPausesTests
{
    [Fact]
    public void Quantiles_are_at_most_six_percent_above_the_truth()
    {
        using var pauses = new GcPauses();
        for (var i = 1; i <= 1_000; i++)
            pauses.Add(i * 10);

        var read = pauses.Read();
        Assert.True(read.Count >= 1_000); // collections of the test run itself are counted too
        Assert.InRange(read.P99, 9.9, 9.9 * 1.0625);
        Assert.True(read.Longest >= 10);
        Assert.InRange(read.Long, 501, 501 + read.Count - 1_000); // of 5, 5.01 … 10 ms
    }

    [Fact]
    public void A_collection_is_counted()
    {
        using var pauses = new GcPauses();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                return pauses.Read() is { Count: > 0, Longest: > 0 };
            },
            TimeSpan.FromSeconds(60)));
    }
}
