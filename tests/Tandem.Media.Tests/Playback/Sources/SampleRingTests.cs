namespace Tandem.Media.Playback.Sources;

public sealed class SampleRingTests
{
    [Fact]
    public void Samples_come_out_in_their_order_over_many_rounds()
    {
        var ring = new SampleRing(100);
        Assert.Equal(128, ring.Capacity);
        var random = new Random(5);
        short written = 0, read = 0;
        var taken = 0;
        var buffer = new short[60];
        for (var round = 0; round < 2_000; round++)
        {
            var space = ring.Space;
            var put = random.Next(space.Length + 1);
            for (var i = 0; i < put; i++)
                space[i] = written++;
            ring.Commit(put);
            var count = ring.Take(buffer.AsSpan(0, random.Next(buffer.Length)));
            for (var i = 0; i < count; i++)
                Assert.Equal(read++, buffer[i]);
            taken += count;
            Assert.InRange(ring.Count, 0, 128);
        }

        Assert.True(taken > 10_000);
    }

    [Fact]
    public void A_full_ring_has_no_space_and_dropping_makes_some()
    {
        var ring = new SampleRing(16);
        ring.Commit(ring.Space.Length);
        Assert.True(ring.Space.IsEmpty);
        ring.DropUntil(10);
        Assert.Equal(6, ring.Count);
        ring.DropUntil(3);
        Assert.Equal(6, ring.Count);
        ring.DropUntil(1_000);
        Assert.Equal(0, ring.Count);
        Assert.Equal(16, ring.Space.Length);
    }
}
