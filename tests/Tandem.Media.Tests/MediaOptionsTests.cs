using Tandem.Core.Net;

namespace Tandem.Media.Tests;

public sealed class MediaOptionsTests
{
    [Fact]
    public void The_defaults_work() => Assert.Null(new MediaOptions().Problem());

    public static TheoryData<MediaOptions, string> Wrong => new()
    {
        { new MediaOptions { RtpPort = 80 }, "RtpPort 80" },
        { new MediaOptions { RtpPortMax = 10001 }, "RtpPortMax 10001" },
        { new MediaOptions { RtpPortMax = 70000 }, "RtpPortMax 70000" },
        { new MediaOptions { AdvertisedV4 = default }, "AdvertisedV4" },
        { new MediaOptions { PortQuarantine = TimeSpan.FromSeconds(-1) }, "PortQuarantine" },
        { new MediaOptions { Coalesce = TimeSpan.FromSeconds(1) }, "Coalesce" },
        { new MediaOptions { Shards = 0 }, "Shards 0" },
        { new MediaOptions { Dscp = 64 }, "Dscp 64" },
        { new MediaOptions { MaxPacketBytes = 100 }, "MaxPacketBytes 100" },
        { new MediaOptions { UrgentPorts = -1 }, "UrgentPorts -1" },
        { new MediaOptions { MaxStreams = 0 }, "BindAttempts" },
        { new MediaOptions { MaxSdpBytes = 1 }, "MaxSdpBytes" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_cannot_work_is_named(MediaOptions options, string expected)
    {
        Assert.StartsWith(expected, options.Problem());
        Assert.Throws<ArgumentException>(() => new MediaEngine(options, new Core.Time.Clock(TimeProvider.System)));
    }
}
