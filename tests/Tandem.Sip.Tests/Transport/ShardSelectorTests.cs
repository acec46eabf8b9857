using Tandem.Sip.Messages;
using Tandem.Sip.Tests.Authentication;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

public sealed class ShardSelectorTests
{
    // Pinned: another process or version must come to the same shard. The numbers come from a second implementation (FNV-1a, then a 32-bit mixer).
    [Fact]
    public void The_hash_is_stable()
    {
        var shards = new[] { "a84b4c76e66710@pc33.atlanta.com", "843817637684230@998sdasdh09", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@foo.bar.com" }
            .Select(id => ShardSelector.PickForCallId(System.Text.Encoding.ASCII.GetBytes(id), 1_000));
        Assert.Equal([175, 852, 862], shards);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Made_call_ids_come_back_to_their_shard_and_differ(int shards)
    {
        var random = new Random(1);
        var ids = new HashSet<string>();
        for (var i = 0; i < 1_000; i++)
        {
            var id = ShardSelector.MakeCallId(i % shards, shards, random);
            Assert.True(ids.Add(id));
            Assert.Equal(i % shards, ShardSelector.PickForCallId(System.Text.Encoding.ASCII.GetBytes(id), shards));
        }
    }

    [Fact]
    public void Numbers_spread_over_the_shards()
    {
        var counts = new int[4];
        for (var number = 100; number < 4_100; number++)
            counts[ShardSelector.PickForUser(number.ToString(null, null), 4)]++;

        Assert.All(counts, count => Assert.InRange(count, 900, 1_100));
    }

    [Fact]
    public void A_register_goes_to_the_owner_of_its_address_and_the_rest_by_call_id()
    {
        for (var shards = 1; shards < 6; shards++)
        {
            var register = TestDigest.Request("REGISTER", "sip:tandem.example");
            Assert.Equal(ShardSelector.PickForUser("100", shards), ShardSelector.Pick(register, shards));
            var options = TestDigest.Request("OPTIONS", "sip:tandem.example");
            Assert.Equal(ShardSelector.PickForCallId("c1@192.0.2.9"u8, shards), ShardSelector.Pick(options, shards));
        }
    }

    [Fact]
    public void Escapes_in_a_user_do_not_change_its_owner()
    {
        Assert.Equal(SipMethod.Register, TestDigest.Request("REGISTER", "sip:tandem.example").Method);
        for (var shards = 2; shards < 20; shards++)
            Assert.Equal(ShardSelector.PickForUser("100", shards), ShardSelector.PickForUser("%31%30%30"u8, shards));
    }
}
