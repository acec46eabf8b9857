using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Tests.Voicemail;

public class PinTests
{
    [Theory]
    [InlineData("1234", true)]
    [InlineData("1111", false)]
    [InlineData("123", false)]
    [InlineData("123456789012", true)]
    [InlineData("1234567890123", false)]
    [InlineData("12a4", false)]
    [InlineData("", false)]
    public void A_good_pin_has_enough_digits_and_not_all_the_same(string pin, bool good) => Assert.Equal(good, Pin.IsGood(pin, 4));

    [Fact]
    public void A_hash_is_verified_by_its_pin_alone_and_differs_each_time()
    {
        var hash = Pin.Hash("2468", iterations: 10);

        Assert.True(Pin.Verify(hash, "2468"));
        Assert.False(Pin.Verify(hash, "2469"));
        Assert.NotEqual(hash, Pin.Hash("2468", iterations: 10));
        Assert.DoesNotContain("2468", hash, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2468")]
    [InlineData("pbkdf2-sha256$10$AAAA$AAAA")]
    [InlineData("pbkdf2-sha256$-1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$10$!$!")]
    public void What_is_no_hash_is_matched_by_nothing(string stored)
    {
        Assert.False(Pin.Verify(stored, "2468"));
        Assert.False(Pin.Verify(stored, ""));
    }
}
