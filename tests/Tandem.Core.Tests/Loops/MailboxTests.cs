using Tandem.Core.Loops;

namespace Tandem.Core.Tests.Loops;

public class MailboxTests
{
    [Fact]
    public void Keeps_the_order_and_refuses_when_full()
    {
        var mailbox = new Mailbox<int>(2);
        Assert.True(mailbox.TryPost(1));
        Assert.True(mailbox.TryPost(2));
        Assert.False(mailbox.TryPost(3));
        Assert.Equal(1, mailbox.Refused);
        Assert.True(mailbox.TryTake(out var first));
        Assert.Equal(1, first);
        Assert.True(mailbox.TryPost(4));
        Assert.True(mailbox.TryTake(out var second));
        Assert.True(mailbox.TryTake(out var third));
        Assert.Equal((2, 4), (second, third));
        Assert.False(mailbox.TryTake(out _));
        Assert.Equal(0, mailbox.Count);
    }

    [Fact]
    public async Task Loses_nothing_with_many_senders()
    {
        var mailbox = new Mailbox<int>(1_000_000);
        var senders = Enumerable.Range(0, 4).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                Assert.True(mailbox.TryPost(s));
        }));
        await Task.WhenAll(senders);
        var taken = 0;
        while (mailbox.TryTake(out _))
            taken++;
        Assert.Equal(40_000, taken);
        Assert.Equal(0, mailbox.Count);
    }
}
