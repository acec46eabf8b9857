using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

public sealed class BanListTests
{
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000201, 5060);
    private static readonly Moment Start = Moment.FromMilliseconds(5_000);

    [Fact]
    public void The_last_allowed_failure_bans_for_the_duration()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 3 });
        Assert.Null(bans.ReportFailure(Source, "wrong secret", Start));
        Assert.Null(bans.ReportFailure(Source.WithPort(9), "wrong secret", Start));
        Assert.False(bans.IsBanned(Source, Start));

        var ban = bans.ReportFailure(Source, "wrong secret", Start + TimeSpan.FromSeconds(60));
        Assert.Equal(new Ban(Source.WithPort(0), Start + TimeSpan.FromSeconds(660), "wrong secret", 3), ban);
        Assert.True(bans.IsBanned(Source.WithPort(1), Start + TimeSpan.FromSeconds(659)));
        Assert.False(bans.IsBanned(Source, Start + TimeSpan.FromSeconds(660)));
        Assert.False(bans.IsBanned(NetAddress.FromV4(0xC0000202, 5060), Start + TimeSpan.FromSeconds(61)));
        Assert.Equal(3, bans.FailuresReported);
        Assert.Equal(1, bans.BansImposed);
        Assert.Equal(0, bans.TrackedSources);
    }

    [Fact]
    public void Failures_outside_the_window_are_forgotten()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 2 });
        for (var i = 0; i < 10; i++)
            Assert.Null(bans.ReportFailure(Source, "x", Start + TimeSpan.FromSeconds(61 * i)));

        Assert.NotNull(bans.ReportFailure(Source, "x", Start + TimeSpan.FromSeconds((61 * 9) + 1)));
    }

    [Fact]
    public void A_success_forgives_nothing()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 2 });
        bans.ReportFailure(Source, "x", Start);
        bans.ReportSuccess(Source);
        Assert.NotNull(bans.ReportFailure(Source, "x", Start));
        Assert.Equal(1, bans.SuccessesReported);
    }

    [Fact]
    public void Bans_are_listed_and_lifted()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 1 });
        var other = NetAddress.FromV4(0xC0000202, 0);
        bans.ReportFailure(Source, "first", Start);
        bans.ReportFailure(other, "second", Start + TimeSpan.FromSeconds(1));
        Assert.Equal(["second", "first"], bans.List(Start + TimeSpan.FromSeconds(2)).Select(b => b.Reason));
        Assert.Equal(["second"], bans.List(Start + TimeSpan.FromSeconds(600)).Select(b => b.Reason));
        Assert.Equal(1, bans.Count);

        Assert.True(bans.Lift(other.WithPort(77)));
        Assert.False(bans.Lift(other));
        Assert.False(bans.IsBanned(other, Start + TimeSpan.FromSeconds(2)));
        Assert.Empty(bans.List(Start + TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Neighbours_of_one_ipv6_prefix_are_one_source()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 2 });
        Assert.Null(bans.ReportFailure(V6("2001:db8::1"), "x", Start));
        Assert.Equal(V6("2001:db8::").WithPort(0), bans.ReportFailure(V6("2001:db8::ffff:2"), "x", Start)?.Source);
        Assert.True(bans.IsBanned(V6("2001:db8:0:0:3::"), Start));
        Assert.False(bans.IsBanned(V6("2001:db8:0:1::1"), Start));
    }

    [Fact]
    public void A_flood_of_other_sources_lifts_no_ban_and_keeps_the_tables_bounded()
    {
        var bans = new BanList(new SourceGuardOptions { MaxFailures = 2, MaxTrackedSources = 50, MaxBans = 10 });
        bans.ReportFailure(Source, "x", Start);
        bans.ReportFailure(Source, "x", Start);
        for (var i = 0u; i < 5_000; i++)
        {
            var source = NetAddress.FromV4(0x0A000000 + i, 1);
            bans.ReportFailure(source, "flood", Start);
            if (i % 2 == 0)
                bans.ReportFailure(source, "flood", Start);
        }

        Assert.True(bans.IsBanned(Source, Start));
        Assert.Equal(10, bans.Count);
        Assert.InRange(bans.TrackedSources, 1, 50);
        Assert.Equal(2_500 - 9, bans.BansNotStored);

        // When the bans have ended there is room again.
        var later = Start + TimeSpan.FromSeconds(601);
        bans.ReportFailure(Source, "x", later);
        Assert.NotNull(bans.ReportFailure(Source, "x", later));
        Assert.Equal(1, bans.Count);
    }

    [Fact]
    public void Exempt_networks_and_a_limit_of_zero_never_ban()
    {
        Assert.True(NetPrefix.TryParse("192.0.2.0/24", out var network));
        var exempt = new BanList(new SourceGuardOptions { MaxFailures = 1, ExemptNetworks = [network] });
        Assert.Null(exempt.ReportFailure(Source, "x", Start));
        var off = new BanList(new SourceGuardOptions { MaxFailures = 0 });
        Assert.Null(off.ReportFailure(Source, "x", Start));
        Assert.False(exempt.IsBanned(Source, Start) || off.IsBanned(Source, Start));
    }

    private static NetAddress V6(string text)
    {
        Assert.True(NetAddress.TryParse(text, 5060, out var address));
        return address;
    }
}
