using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

// RFC 7616 §3.4: "if the same nc value is seen twice, then the request is a replay".
public sealed class NonceReplayTableTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    [Theory]
    [InlineData(new uint[] { 1, 2, 3 }, new[] { true, true, true })]
    [InlineData(new uint[] { 1, 1 }, new[] { true, false })]
    [InlineData(new uint[] { 3, 1, 2, 1, 2, 3 }, new[] { true, true, true, false, false, false })]
    [InlineData(new uint[] { 64, 1, 1 }, new[] { true, true, false })]
    [InlineData(new uint[] { 65, 1 }, new[] { true, false })]
    [InlineData(new uint[] { 1, 1000, 999, 936, 937 }, new[] { true, true, true, false, true })]
    [InlineData(new uint[] { uint.MaxValue, 1, uint.MaxValue, uint.MaxValue - 1 }, new[] { true, false, false, false })]
    [InlineData(new uint[] { uint.MaxValue - 1, uint.MaxValue - 2 }, new[] { true, true })]
    public void Each_count_is_accepted_once(uint[] counts, bool[] expected)
    {
        var table = new NonceReplayTable(Lifetime, 100);
        var nonce = new NonceId(1_000, 42);
        Assert.Equal(expected, counts.Select(count => table.TryUse(nonce, count)).ToArray());
    }

    [Fact]
    public void Nonces_have_their_own_counts()
    {
        var table = new NonceReplayTable(Lifetime, 100);
        Assert.True(table.TryUse(new NonceId(1_000, 1), 1));
        Assert.True(table.TryUse(new NonceId(1_000, 2), 1));
        Assert.True(table.TryUse(new NonceId(1_001, 1), 1));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void A_full_table_forgets_the_oldest_and_refuses_it_from_then_on()
    {
        var table = new NonceReplayTable(Lifetime, 10);
        var old = new NonceId(0, 1);
        Assert.True(table.TryUse(old, 1));
        for (var i = 0; i < 50; i++)
        {
            Assert.True(table.TryUse(new NonceId(60_000 + (i * 2_000), (ulong)(i + 2)), 1));
            Assert.InRange(table.Count, 1, 10);
        }

        Assert.False(table.TryUse(old, 1));
        Assert.False(table.TryUse(old, 2));
    }

    [Fact]
    public void A_flood_within_one_slice_of_time_admits_no_replay_either()
    {
        var table = new NonceReplayTable(Lifetime, 10);
        var accepted = 0;
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0UL; i < 30; i++)
                accepted += table.TryUse(new NonceId(5, i), 1) ? 1 : 0;
        }

        Assert.Equal(10, accepted);
        Assert.InRange(table.Count, 0, 10);
    }

    [Fact]
    public void Expired_nonces_leave_the_table()
    {
        var table = new NonceReplayTable(Lifetime, 1_000_000);
        var most = 0;
        for (var second = 0; second < 3_600; second++)
        {
            Assert.True(table.TryUse(new NonceId(second * 1_000L, (ulong)second), 1));
            most = Math.Max(most, table.Count);
        }

        // 300 s of lifetime are 300 nonces, and what the last slices hold beyond it.
        Assert.InRange(most, 300, 330);
    }
}
