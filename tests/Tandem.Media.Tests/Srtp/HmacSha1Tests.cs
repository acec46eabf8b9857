using System.Security.Cryptography;
using System.Text;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

// RFC 2104 and FIPS 180-4 §5.1.1: the padding is ours, so every place where a block can end is tried.
public class HmacSha1Tests
{
    // RFC 2202 §3, keys of at most 64 bytes.
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00")]
    [InlineData("4a656665", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04")]
    public void Gives_the_published_digests(string key, string data, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Compute(Convert.FromHexString(key), Encoding.ASCII.GetBytes(data), [])));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(HmacSha1.MaxTail)]
    public void Agrees_with_the_platform_at_every_length(int tail)
    {
        var random = new Random(1);
        var key = new byte[20];
        random.NextBytes(key);
        var data = new byte[300];
        random.NextBytes(data);
        for (var length = 0; length + tail <= data.Length; length++)
            Assert.Equal(HMACSHA1.HashData(key, data.AsSpan(0, length + tail)), Compute(key, data[..length], data[length..(length + tail)]));
    }

    [Fact]
    public void A_key_longer_than_a_block_and_a_tail_without_room_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HmacSha1(new byte[65]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compute(new byte[20], [], new byte[HmacSha1.MaxTail + 1]));
    }

    private static byte[] Compute(byte[] key, byte[] data, byte[] tail)
    {
        var mac = new byte[HmacSha1.DigestLength];
        new HmacSha1(key).Compute(data, tail, mac);
        return mac;
    }
}
