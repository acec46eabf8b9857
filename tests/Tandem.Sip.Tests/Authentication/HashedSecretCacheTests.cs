using Tandem.Core.Privacy;
using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

public sealed class HashedSecretCacheTests
{
    [Fact]
    public void A_hash_is_found_by_secret_object_user_and_algorithm()
    {
        var cache = new HashedSecretCache(64);
        var secret = new Secret("x");
        cache.Keep(secret, "100"u8, DigestAlgorithm.Md5, "abc"u8);
        Assert.Equal("abc"u8, cache.Find(secret, "100"u8, DigestAlgorithm.Md5));
        Assert.True(cache.Find(secret, "101"u8, DigestAlgorithm.Md5).IsEmpty);
        Assert.True(cache.Find(secret, "100"u8, DigestAlgorithm.Sha256).IsEmpty);
        Assert.True(cache.Find(new Secret("x"), "100"u8, DigestAlgorithm.Md5).IsEmpty);
    }

    [Fact]
    public void Any_number_of_secrets_fits_and_the_latest_is_known()
    {
        var cache = new HashedSecretCache(8);
        for (var i = 0; i < 1_000; i++)
        {
            var secret = new Secret("x");
            cache.Keep(secret, "100"u8, DigestAlgorithm.Md5, "abc"u8);
            Assert.False(cache.Find(secret, "100"u8, DigestAlgorithm.Md5).IsEmpty);
        }
    }
}
