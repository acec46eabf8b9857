namespace Tandem.Cluster.Redis;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis://cache", "cache", 6379, "", null, 0, false, "redis://cache:6379/0")]
    [InlineData("redis://cache:7000/2", "cache", 7000, "", null, 2, false, "redis://cache:7000/2")]
    [InlineData("redis://:p%40ss@cache/", "cache", 6379, "", "p@ss", 0, false, "redis://cache:6379/0")]
    [InlineData("rediss://me:secret@10.0.0.1:1", "10.0.0.1", 1, "me", "secret", 0, true, "rediss://10.0.0.1:1/0")]
    [InlineData("redis://[::1]:1/1", "::1", 1, "", null, 1, false, "redis://[::1]:1/1")]
    public void A_url_is_read_and_shown_without_the_password(string url, string host, int port, string user, string? password, int database, bool isTls, string shown)
    {
        Assert.True(RedisAddress.TryParse(url, out var address));
        Assert.Equal((host, port, user, password, database, isTls), (address.Host, address.Port, address.User, address.Password?.Reveal(), address.Database, address.IsTls));
        Assert.Equal(shown, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("cache:6379")]
    [InlineData("http://cache")]
    [InlineData("redis://")]
    [InlineData("redis://cache/x")]
    [InlineData("redis://cache/-1")]
    [InlineData("redis://cache/1?a=b")]
    public void What_is_no_url_is_refused(string url) => Assert.False(RedisAddress.TryParse(url, out _));
}
