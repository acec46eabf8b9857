using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Playback.Prompts;

public sealed class ClipCacheTests
{
    private static readonly SoundClip Clip = new(new short[500], 8_000);

    [Fact]
    public void The_least_recently_used_leave()
    {
        var cache = new ClipCache(3 * (1_000 + 256));
        foreach (var name in new[] { "a", "b", "c" })
            cache.Add(Key(name), Clip);
        Assert.NotNull(cache.Find(Key("a")));
        cache.Add(Key("d"), Clip);
        Assert.Null(cache.Find(Key("b")));
        Assert.NotNull(cache.Find(Key("a")));
        Assert.Equal((3, 3L * 1_256, 2L, 1L), (cache.Count, cache.Bytes, cache.Hits, cache.Misses));
    }

    [Fact]
    public void What_is_larger_than_all_of_it_is_not_kept()
    {
        var cache = new ClipCache(1_000);
        cache.Add(Key("a"), Clip);
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void A_file_that_was_changed_is_another_one()
    {
        var cache = new ClipCache(1 << 20);
        cache.Add(new ClipKey("a", 5, 1, 0), Clip);
        Assert.Null(cache.Find(new ClipKey("a", 5, 2, 0)));
        Assert.Null(cache.Find(new ClipKey("a", 6, 1, 0)));
    }

    private static ClipKey Key(string name) => new(name, 0, 0, 0);
}
