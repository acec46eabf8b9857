using System.Net;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Cluster.Limits;

public class SharedFailuresTests
{
    private static readonly SourceGuardOptions Three = new() { MaxFailures = 3 };
    private static readonly NetAddress Source = NetAddress.From(IPAddress.Parse("203.0.113.66"), 5060);

    private readonly Clock _clock = new(TimeProvider.System);
    private readonly Counter _counter = new();

    [Fact]
    public async Task Who_guesses_at_two_nodes_in_turn_is_banned_as_early_as_at_one()
    {
        var (here, there) = (new BanList(Three), new BanList(Three));
        var (ofHere, ofThere) = (Sink(here), Sink(there));
        await ofHere.CountAsync(Failure(Source));
        await ofThere.CountAsync(Failure(Source.WithPort(40_000)));
        Assert.False(here.IsBanned(Source, _clock.Now) || there.IsBanned(Source, _clock.Now));
        await ofHere.CountAsync(Failure(Source));
        Assert.True(here.IsBanned(Source, _clock.Now));
        Assert.Equal("wrong credentials at several nodes", Assert.Single(here.List(_clock.Now)).Reason);
    }

    [Fact]
    public async Task Nobody_is_banned_by_a_counter_that_does_not_answer()
    {
        var bans = new BanList(Three);
        _counter.IsConnected = false;
        for (var i = 0; i < 10; i++)
            await Sink(bans).CountAsync(Failure(Source));
        Assert.Equal(0, bans.Count);
    }

    [Fact]
    public async Task An_exempt_source_is_never_banned()
    {
        Assert.True(NetPrefix.TryParse("203.0.113.0/24", out var network));
        var bans = new BanList(Three with { ExemptNetworks = [network] });
        for (var i = 0; i < 10; i++)
            await Sink(bans).CountAsync(Failure(Source));
        Assert.Equal(0, bans.Count);
    }

    private static AuthenticationFailed Failure(NetAddress source) => new(TenantId.Default, source, "100", "REGISTER", null, DateTimeOffset.UnixEpoch);

    private SharedFailures Sink(BanList bans) => new(_counter, bans, Three, _clock, TimeProvider.System);

    private sealed class Counter : ISharedCounter
    {
        private long _sum;

        public bool IsConnected { get; set; } = true;

        public Task<long?> CountAsync(string key, int add, TimeSpan lifetime) => Task.FromResult<long?>(IsConnected ? _sum += add : null);
    }
}
