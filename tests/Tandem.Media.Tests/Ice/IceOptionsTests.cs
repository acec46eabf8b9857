using Tandem.Media.Ice;

namespace Tandem.Media.Tests.Ice;

public sealed class IceOptionsTests
{
    [Fact]
    public void The_defaults_work() => Assert.Null(new IceOptions().Problem());

    [Fact]
    public void Names_what_cannot_work()
    {
        Assert.StartsWith("MaxPairs", new IceOptions { MaxPairs = 1 }.Problem());
        Assert.StartsWith("MaxChecksPerSecond", new IceOptions { MaxChecksPerSecond = 0 }.Problem());
        Assert.StartsWith("ConsentTimeout", new IceOptions { ConsentTimeout = TimeSpan.FromSeconds(1) }.Problem());
        Assert.StartsWith("CheckInterval", new IceOptions { CheckInterval = TimeSpan.FromSeconds(3) }.Problem());
        Assert.StartsWith("CheckAfter", new IceOptions { CheckAfter = TimeSpan.FromSeconds(-1) }.Problem());
    }
}
