using Tandem.Core.Net;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

public class WaitingBySourceTests
{
    [Fact]
    public void Connections_of_one_source_share_its_room_and_a_source_goes_with_its_last_connection()
    {
        var waiting = new WaitingBySource(100, 64);
        var (one, two) = (waiting.Enter(NetAddress.FromV4(0xC0000201, 5060)), waiting.Enter(NetAddress.FromV4(0xC0000201, 6000)));
        var other = waiting.Enter(NetAddress.FromV4(0xC0000202, 5060));
        Assert.Equal(2, waiting.Count);
        Assert.True(one.TryQueue(60));
        Assert.False(two.TryQueue(41));
        Assert.True(two.TryQueue(40));
        Assert.True(other.TryQueue(100));
        one.Unqueue(60);
        Assert.True(two.TryQueue(60));

        waiting.Leave(one);
        waiting.Leave(other);
        Assert.Equal(1, waiting.Count);
        waiting.Leave(two);
        Assert.Equal(0, waiting.Count);
    }

    // The loops of several shards ask at once.
    [Fact]
    public async Task What_does_not_fit_keeps_nothing_out_that_does()
    {
        var share = new WaitingBySource(100, 64).Enter(NetAddress.FromV4(0xC0000201, 5060));
        using var over = new CancellationTokenSource();
        var asking = Task.Run(() =>
        {
            var taken = 0;
            while (!over.IsCancellationRequested)
                taken += share.TryQueue(101) ? 1 : 0;
            return taken;
        });
        var refused = 0;
        for (var i = 0; i < 200_000; i++)
        {
            if (share.TryQueue(100))
                share.Unqueue(100);
            else
                refused++;
        }

        await over.CancelAsync();
        Assert.Equal((0, 0), (await asking, refused));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", 1)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 2)]
    public void An_ipv6_prefix_is_one_source(string first, string second, int sources)
    {
        var waiting = new WaitingBySource(100, 64);
        foreach (var text in new[] { first, second })
        {
            Assert.True(NetAddress.TryParse(text, 5060, out var address));
            waiting.Enter(address);
        }

        Assert.Equal(sources, waiting.Count);
    }
}
