using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Transport;
using Tandem.Testing;

namespace Tandem.Sip.Tests.Transport;

public sealed class SourceGuardTests
{
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000201, 5060);
    private static readonly Moment Start = Moment.FromMilliseconds(5_000);

    [Fact]
    public void A_source_has_its_burst_and_then_its_rate()
    {
        var guard = Guard(new SourceGuardOptions { MessagesPerSecond = 100, MessageBurst = 10 });
        Assert.Equal(10, Admitted(guard, Source, 50, Start));
        Assert.Equal(0, Admitted(guard, Source, 5, Start + TimeSpan.FromMilliseconds(9)));
        Assert.Equal(5, Admitted(guard, Source, 50, Start + TimeSpan.FromMilliseconds(50)));
        Assert.Equal(10, Admitted(guard, Source, 50, Start + TimeSpan.FromHours(1)));
        Assert.Equal(40 + 5 + 45 + 40, guard.DroppedRate);
    }

    [Fact]
    public void Sources_do_not_share_their_allowance()
    {
        var guard = Guard(new SourceGuardOptions { MessagesPerSecond = 100, MessageBurst = 10 });
        Assert.Equal(10, Admitted(guard, Source, 50, Start));
        Assert.Equal(0, Admitted(guard, Source.WithPort(1), 1, Start));
        Assert.Equal(10, Admitted(guard, NetAddress.FromV4(0xC0000202, 5060), 50, Start));
    }

    [Fact]
    public void A_flood_of_other_sources_gives_nobody_who_is_held_back_a_new_allowance()
    {
        var guard = Guard(new SourceGuardOptions { MessagesPerSecond = 1, MessageBurst = 10, MaxMeteredSources = 8 });
        Assert.Equal(10, Admitted(guard, Source, 10, Start));
        for (var i = 0u; i < 1_000; i++)
            Assert.Equal(1, Admitted(guard, NetAddress.FromV4(0x0A000000 + i, 1), 1, Start));

        Assert.Equal(0, Admitted(guard, Source, 1, Start));
    }

    [Fact]
    public void A_rate_of_zero_is_no_limit() =>
        Assert.Equal(100_000, Admitted(Guard(new SourceGuardOptions { MessagesPerSecond = 0 }), Source, 100_000, Start));

    [Fact]
    public void A_banned_source_is_not_admitted_until_the_ban_ends()
    {
        var guard = Guard(new SourceGuardOptions { MaxFailures = 1 });
        guard.Bans.ReportFailure(Source, "wrong secret", Start);
        Assert.False(guard.Admits(Source, Start));
        Assert.True(guard.Admits(NetAddress.FromV4(0xC0000202, 5060), Start));
        Assert.True(guard.Admits(Source, Start + TimeSpan.FromMinutes(10)));
        Assert.Equal(1, guard.DroppedBanned);
    }

    [Fact]
    public void Exempt_networks_have_neither_rate_nor_ban()
    {
        Assert.True(NetPrefix.TryParse("192.0.2.0/24", out var network));
        var guard = Guard(new SourceGuardOptions { MaxFailures = 1, MessagesPerSecond = 1, MessageBurst = 1, ExemptNetworks = [network] });
        guard.Bans.ReportFailure(Source, "wrong secret", Start);
        Assert.Equal(100, Admitted(guard, Source, 100, Start));
    }

    [Fact]
    public void Admitting_allocates_nothing()
    {
        var guard = Guard(new SourceGuardOptions { MaxFailures = 1 });
        guard.Bans.ReportFailure(NetAddress.FromV4(1, 1), "x", Start);
        Assert.Equal(0, Garbage.Of(() => Admitted(guard, Source, 1_000, Start)));
    }

    private static SourceGuard Guard(SourceGuardOptions options) => new(options, new BanList(options));

    private static int Admitted(SourceGuard guard, NetAddress source, int attempts, Moment now)
    {
        var admitted = 0;
        for (var i = 0; i < attempts; i++)
            admitted += guard.Admits(source, now) ? 1 : 0;

        return admitted;
    }
}
