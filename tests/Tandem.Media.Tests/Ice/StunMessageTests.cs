using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Net;
using Tandem.Media.Ice;

namespace Tandem.Media.Tests.Ice;

public sealed class StunMessageTests
{
    // RFC 5769 §2.1
    [Fact]
    public void Reads_the_sample_request()
    {
        Assert.True(StunMessage.TryParse(StunSamples.Request, out var message));
        Assert.Equal((StunClass.Request, StunMessage.Binding), (message.Class, message.Method));
        Assert.Equal("b7e7a701bc34d686fa87dfae", Convert.ToHexStringLower(message.TransactionId));
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(message.Username));
        Assert.Equal((0x6e0001ffu, 0x932ff9b151263b36ul), (message.Priority, message.TieBreaker));
        Assert.True(message is { IsControlled: true, IsControlling: false, UseCandidate: false, HasSha256: false, UnknownCount: 0 });
        Assert.True(message.HasValidFingerprint());
        Assert.True(message.IsSignedWith(StunSamples.Password));
        Assert.False(message.IsSignedWith("VOkJxbRl1RmTxUk/WvJxBu"u8));
    }

    // §2.2, §2.3
    [Theory]
    [InlineData(false, "192.0.2.1")]
    [InlineData(true, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void Reads_the_sample_responses(bool v6, string host)
    {
        Assert.True(StunMessage.TryParse(v6 ? StunSamples.ResponseV6 : StunSamples.ResponseV4, out var message));
        Assert.Equal(StunClass.Success, message.Class);
        Assert.True(message.TryGetMappedAddress(out var address));
        Assert.True(NetAddress.TryParse(host, 32853, out var expected));
        Assert.Equal(expected, address);
        Assert.True(message.HasValidFingerprint());
        Assert.True(message.IsSignedWith(StunSamples.Password));
    }

    // §2.4: the key of long-term credentials is made elsewhere; what it signs is the same.
    [Fact]
    public void Reads_the_sample_with_long_term_credentials()
    {
        var key = MD5.HashData(Encoding.UTF8.GetBytes("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9:example.org:TheMatrIX"));
        Assert.True(StunMessage.TryParse(StunSamples.LongTerm, out var message));
        Assert.Equal("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", Encoding.UTF8.GetString(message.Username));
        Assert.True(message.IsSignedWith(key));
        Assert.False(message.HasValidFingerprint());
    }

    // RFC 8489 §14.6: the length ends with the attribute. (The sample of §B.1 has a wrong length in its header.)
    [Fact]
    public void Sha256_is_over_the_message_as_if_it_ended_there()
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.Add(StunAttribute.Username, "ab:cd"u8);
        writer.AddIntegrity("key"u8, sha256: true);
        writer.AddFingerprint();
        var expected = HMACSHA256.HashData("key"u8, Convert.FromHexString("000100302112A442000000000000000000000000" + "0006000561623A6364000000"));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(buffer.AsSpan(36, 32)));
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.True(message.HasSha256 && message.IsSignedWith("key"u8) && !message.IsSignedWith("kez"u8));
    }

    // Each byte of a message is covered: a change is seen by the parser, the fingerprint and, up to itself, by the integrity.
    [Fact]
    public void A_changed_bit_is_seen()
    {
        var integrityAt = StunSamples.Request.Length - 32;
        for (var i = 0; i < StunSamples.Request.Length; i++)
        {
            var changed = (byte[])StunSamples.Request.Clone();
            changed[i] ^= 1;
            if (!StunMessage.TryParse(changed, out var message))
                continue;

            Assert.False(message.HasValidFingerprint());
            if (i < integrityAt + 24)
                Assert.False(message.IsSignedWith(StunSamples.Password));
        }
    }

    [Fact]
    public void No_prefix_is_a_message()
    {
        for (var length = 0; length < StunSamples.Request.Length; length++)
            Assert.False(StunMessage.TryParse(StunSamples.Request.AsSpan(0, length), out _));
    }

    // RFC 8489 §5, §14: framing.
    [Theory]
    [InlineData("000100002112a442000102030405060708090a0b", true)]
    [InlineData("400100002112a442000102030405060708090a0b", false)] // first bits
    [InlineData("000100002112a443000102030405060708090a0b", false)] // cookie
    [InlineData("000100042112a442000102030405060708090a0b", false)] // length
    [InlineData("000100012112a442000102030405060708090a0b00", false)] // no whole words
    [InlineData("000100042112a442000102030405060708090a0b00060001", false)] // an attribute beyond the end
    [InlineData("000100082112a442000102030405060708090a0b0006000161000000", true)]
    [InlineData("000100082112a442000102030405060708090a0b0024000361000000", false)] // PRIORITY of 3 bytes
    [InlineData("000100082112a442000102030405060708090a0b0008000461000000", false)] // integrity of 4 bytes
    [InlineData("0001000c2112a442000102030405060708090a0b802800046100000000250000", false)] // something behind the fingerprint
    public void Checks_the_framing(string hex, bool isMessage) => Assert.Equal(isMessage, StunMessage.TryParse(Convert.FromHexString(hex), out _));

    // RFC 8489 §14.5: what stands behind the integrity is not covered by it, so it is not read.
    [Fact]
    public void Nothing_is_read_behind_the_integrity()
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.AddIntegrity("key"u8, sha256: false);
        writer.Add(StunAttribute.UseCandidate, []);
        writer.Add((StunAttribute)0x7FFF, []);
        writer.AddFingerprint();
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.True(message is { UseCandidate: false, UnknownCount: 0 });
        Assert.True(message.IsSignedWith("key"u8) && message.HasValidFingerprint());
    }

    [Theory]
    [InlineData("192.0.2.33", false)]
    [InlineData("2001:db8::33", true)]
    public void What_is_written_is_read(string host, bool sha256)
    {
        Assert.True(NetAddress.TryParse(host, 40000, out var mapped));
        var buffer = new byte[256];
        Array.Fill(buffer, (byte)0xEE);
        var writer = new StunWriter(buffer, StunClass.Error, Enumerable.Range(1, 12).Select(i => (byte)i).ToArray());
        writer.AddMappedAddress(mapped);
        writer.AddError(487);
        writer.Add(StunAttribute.Username, "abc:de"u8);
        writer.Add(StunAttribute.IceControlling, 7ul);
        writer.AddIntegrity("key"u8, sha256);
        writer.AddFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.Equal((StunClass.Error, 487, 7ul), (message.Class, message.ErrorCode, message.TieBreaker));
        Assert.True(message.TryGetMappedAddress(out var address));
        Assert.Equal(mapped, address);
        Assert.Equal("abc:de", Encoding.ASCII.GetString(message.Username));
        Assert.True(message is { IsControlling: true, IsControlled: false } && message.HasSha256 == sha256);
        Assert.True(message.IsSignedWith("key"u8) && message.HasValidFingerprint());
        Assert.Equal(0xEE, buffer[writer.Length]);
    }
}
