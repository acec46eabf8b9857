using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Voicemail;

public class PinTests
{
    private static readonly TenantId Tenant = TenantId.Default;

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

    [Fact]
    public void Wrong_pins_in_a_row_lock_a_box_for_a_while_and_no_other()
    {
        var guard = new PinGuard(3, TimeSpan.FromMinutes(15));
        var now = Moment.FromMilliseconds(1_000);
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => guard.Wrong(Tenant, "100", now)));
        Assert.True(guard.IsLocked(Tenant, "100", now));
        Assert.False(guard.IsLocked(Tenant, "101", now));
        Assert.False(guard.IsLocked(new TenantId("other"), "100", now));

        var later = now + TimeSpan.FromMinutes(15);
        Assert.True(guard.IsLocked(Tenant, "100", later - TimeSpan.FromMilliseconds(1)));
        Assert.False(guard.IsLocked(Tenant, "100", later));
        Assert.False(guard.Wrong(Tenant, "100", later));
    }

    [Fact]
    public void The_right_pin_begins_anew()
    {
        var guard = new PinGuard(3, TimeSpan.FromMinutes(15));
        var now = Moment.FromMilliseconds(1_000);
        guard.Wrong(Tenant, "100", now);
        guard.Wrong(Tenant, "100", now);
        guard.Right(Tenant, "100");

        Assert.Equal(0, guard.Count);
        Assert.False(guard.Wrong(Tenant, "100", now));
    }

    [Fact]
    public void Guesses_at_any_number_of_boxes_cost_bounded_memory_and_open_none()
    {
        var guard = new PinGuard(3, TimeSpan.FromMinutes(15));
        var now = Moment.FromMilliseconds(1_000);
        for (var i = 0; i < 20_000; i++)
            guard.Wrong(Tenant, $"{i}", now);

        Assert.Equal(10_000, guard.Count);
        Assert.True(guard.IsLocked(Tenant, "never", now));
        Assert.False(guard.IsLocked(Tenant, "1", now));
    }
}
