using Tandem.Media.Srtp;
using Tandem.Testing;

namespace Tandem.Media.Tests.Srtp;

public class SrtpContextTests
{
    public static TheoryData<SrtpProfile> Profiles => SrtpSamples.Profiles;

    // RFC 3711 §3.1, §3.3; 7714 §8.2: only the payload is hidden, CSRC list and header extension stay.
    [Theory, MemberData(nameof(Profiles))]
    public void Packets_come_back_and_only_the_payload_is_hidden(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        for (var i = 0; i < 60; i++)
        {
            var packet = SrtpSamples.Rtp((ushort)(65500 + i), payload: i * 7, csrcs: i % 16, extension: i % 2 == 1);
            var plain = SrtpSamples.Plain(packet);
            var header = plain.Length - (i * 7);

            var secret = SrtpSamples.ProtectRtp(sender, packet);

            Assert.Equal(plain[..header], secret[..header]);
            if (i > 2)
                Assert.NotEqual(plain[header..], secret[header..plain.Length]);
            Assert.Equal(plain.Length + (profile.IsAead() ? 16 : profile == SrtpProfile.AesCm128HmacSha1Tag32 ? 4 : 10), secret.Length);
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, secret, out var back));
            Assert.Equal(plain, back);
        }
    }

    // RFC 3711 §3.4: eight bytes stay readable, E bit and index follow; RFC 7714 §9.2: the tag stands before them.
    [Theory, MemberData(nameof(Profiles))]
    public void Rtcp_comes_back_and_counts_its_index(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        for (byte i = 0; i < 200; i++)
        {
            var packet = SrtpSamples.Rtcp(mark: i);
            var plain = SrtpSamples.Plain(packet);

            var secret = SrtpSamples.ProtectRtcp(sender, packet);

            Assert.Equal(plain[..8], secret[..8]);
            Assert.NotEqual(plain[8..], secret[8..plain.Length]);
            var word = profile.IsAead() ? secret[^4..] : secret[^14..^10];
            Assert.Equal([0x80, 0, 0, i], word);
            Assert.Equal(plain.Length + 4 + (profile.IsAead() ? 16 : 10), secret.Length);
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, secret, out var back));
            Assert.Equal(plain, back);
            Assert.Equal(SrtpVerdict.Replayed, SrtpSamples.UnprotectRtcp(receiver, secret, out _));
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Rtcp_that_is_authentic_and_not_encrypted_is_taken(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        var packet = SrtpSamples.Rtcp();
        var plain = SrtpSamples.Plain(packet);
        var length = plain.Length;

        Assert.True(sender.ProtectRtcp(packet, ref length, encrypted: false));

        Assert.Equal(plain, packet[..plain.Length]);
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, packet[..length], out var back));
        Assert.Equal(plain, back);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void A_changed_bit_anywhere_is_refused_and_remembers_nothing(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        var rtp = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(7, payload: 20));
        var rtcp = SrtpSamples.ProtectRtcp(sender, SrtpSamples.Rtcp());
        for (var bit = 0; bit < rtp.Length * 8; bit++)
            Assert.Contains(SrtpSamples.UnprotectRtp(receiver, Flipped(rtp, bit), out _), new[] { SrtpVerdict.BadTag, SrtpVerdict.Malformed });
        for (var bit = 0; bit < rtcp.Length * 8; bit++)
            Assert.Contains(SrtpSamples.UnprotectRtcp(receiver, Flipped(rtcp, bit), out _), new[] { SrtpVerdict.BadTag, SrtpVerdict.Malformed });

        Assert.Equal(0, receiver.StreamCount);
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, rtp, out _));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, rtcp, out _));
        Assert.Equal(1, receiver.StreamCount);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Every_shorter_packet_is_refused(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        var rtp = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(7, payload: 0));
        var rtcp = SrtpSamples.ProtectRtcp(sender, SrtpSamples.Rtcp());
        for (var length = 0; length < rtp.Length; length++)
            Assert.Equal(SrtpVerdict.Malformed, SrtpSamples.UnprotectRtp(receiver, rtp[..length], out _));
        for (var length = 0; length < rtcp.Length; length++)
            Assert.NotEqual(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, rtcp[..length], out _));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, rtp, out _));
    }

    // RFC 3711 §3.3.2.
    [Theory]
    [InlineData(64)]
    [InlineData(1024)]
    public void The_window_takes_each_packet_once_in_any_order(int window)
    {
        var (sender, receiver) = Pair(SrtpProfile.AesCm128HmacSha1Tag80, new SrtpOptions { ReplayWindow = window });
        var packets = Enumerable.Range(0, 5 * window).Select(i => SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)(65000 + i), payload: 4))).ToArray();
        for (var start = 0; start < packets.Length; start += window)
        {
            for (var i = start + window - 1; i >= start; i--)
            {
                Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, packets[i], out _));
                Assert.Equal(SrtpVerdict.Replayed, SrtpSamples.UnprotectRtp(receiver, packets[i], out _));
            }
        }

        for (var i = 0; i < packets.Length - window; i++)
            Assert.Equal(SrtpVerdict.TooOld, SrtpSamples.UnprotectRtp(receiver, packets[i], out _));
    }

    // RFC 3711 §3.3.1: over many wraps, with packets lost and late around each.
    [Fact]
    public void The_rollover_counter_follows_over_wraps_loss_and_disorder()
    {
        var (sender, receiver) = Pair(SrtpProfile.AeadAes128Gcm);
        for (long i = 1000; i < 4 * 65536; i += 127)
        {
            var late = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)i, payload: 3));
            var early = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)(i + 90), payload: 3));
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, early, out _));
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, late, out _));
        }
    }

    // The answer with the key may come after the peer's first packets, and the number may have wrapped meanwhile.
    [Theory]
    [InlineData(65530, 20)]
    [InlineData(40000, 30000)]
    public void A_receiver_that_missed_the_first_wrap_finds_the_counter(int first, int missed)
    {
        var (sender, receiver) = Pair(SrtpProfile.AesCm128HmacSha1Tag80);
        for (var i = 0; i < missed; i++)
            SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)(first + i), payload: 1));
        for (var i = missed; i < missed + 100; i++)
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)(first + i))), out _));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void A_sender_uses_no_index_twice(SrtpProfile profile)
    {
        var (sender, _) = Pair(profile, new SrtpOptions { ReplayWindow = 64 });
        SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(100));
        SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(99));
        foreach (ushort sequence in new[] { 99, 100, 36 })
        {
            var packet = SrtpSamples.Rtp(sequence);
            var before = packet.ToArray();
            var length = packet.Length - SrtpContext.MaxExpansion;
            Assert.False(sender.ProtectRtp(packet, ref length));
            Assert.Equal(before, packet);
        }
    }

    [Fact]
    public void The_streams_of_one_key_are_apart_and_bounded()
    {
        var (sender, receiver) = Pair(SrtpProfile.AesCm128HmacSha1Tag32, new SrtpOptions { MaxSsrcs = 8 });
        for (uint ssrc = 0; ssrc < 8; ssrc++)
        {
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(5, ssrc)), out _));
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, SrtpSamples.ProtectRtcp(sender, SrtpSamples.Rtcp(ssrc)), out _));
        }

        // The first is heard again, so the second is the one that makes room.
        var replay = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(6, 0));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, replay, out _));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(5, 99)), out _));
        Assert.Equal(8, receiver.StreamCount);
        Assert.Equal(SrtpVerdict.Replayed, SrtpSamples.UnprotectRtp(receiver, replay, out _));
    }

    // Somebody without the key invents SSRCs: nothing is remembered of them.
    [Fact]
    public void A_flood_of_invented_ssrcs_leaves_no_trace()
    {
        var (sender, receiver) = Pair(SrtpProfile.AesCm128HmacSha1Tag80);
        SrtpSamples.UnprotectRtp(receiver, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(1)), out _);
        var forged = SrtpSamples.Rtp(1);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                forged[8] = (byte)i;
                forged[9] = (byte)(i >> 8);
                forged[10] = (byte)(i >> 16);
                var length = forged.Length;
                if (receiver.UnprotectRtp(forged, ref length) != SrtpVerdict.BadTag)
                    Assert.Fail("taken");
            }
        }));
        Assert.Equal(1, receiver.StreamCount);
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(2)), out _));
    }

    // RFC 3711 §3.1: the identifier stands before the tag; RFC 7714 §8.2: behind it.
    [Theory, MemberData(nameof(Profiles))]
    public void The_master_key_identifier_is_in_every_packet(SrtpProfile profile)
    {
        var key = SrtpSamples.Key(profile, 1) with { Identifier = new byte[] { 0, 0, 0x12, 0x34 } };
        using var sender = SrtpContext.Create(profile, key, SrtpOptions.Default);
        using var receiver = SrtpContext.Create(profile, key, SrtpOptions.Default);
        using var other = SrtpContext.Create(profile, key with { Identifier = new byte[] { 0, 0, 0x12, 0x35 } }, SrtpOptions.Default);
        using var without = SrtpContext.Create(profile, key with { Identifier = default }, SrtpOptions.Default);
        var packet = SrtpSamples.Rtp(1);
        var plain = SrtpSamples.Plain(packet);

        var secret = SrtpSamples.ProtectRtp(sender, packet);
        var bare = SrtpSamples.ProtectRtp(without, SrtpSamples.Rtp(1));

        var tag = profile.IsAead() ? 0 : bare.Length - plain.Length;
        Assert.Equal([.. bare[..^tag], 0, 0, 0x12, 0x34, .. bare[^tag..]], secret);
        Assert.Equal(SrtpVerdict.UnknownKey, SrtpSamples.UnprotectRtp(other, secret, out _));
        Assert.Equal(SrtpVerdict.BadTag, SrtpSamples.UnprotectRtp(receiver, Flipped(secret, 20 * 8), out _));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(receiver, secret, out var back));
        Assert.Equal(plain, back);

        var report = SrtpSamples.ProtectRtcp(sender, SrtpSamples.Rtcp());
        Assert.Equal(SrtpVerdict.UnknownKey, SrtpSamples.UnprotectRtcp(other, report, out _));
        Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(receiver, report, out back));
        Assert.Equal(SrtpSamples.Plain(SrtpSamples.Rtcp()), back);
        Assert.Equal(SrtpVerdict.Replayed, SrtpSamples.UnprotectRtcp(receiver, report, out _));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Packets_cost_no_allocation(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile);
        var packet = SrtpSamples.Rtp(0);
        var report = SrtpSamples.Rtcp();
        var sequence = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 2000; i++, sequence++)
            {
                packet[2] = (byte)(sequence >> 8);
                packet[3] = (byte)sequence;
                var length = 172;
                if (!sender.ProtectRtp(packet, ref length) || receiver.UnprotectRtp(packet, ref length) != SrtpVerdict.Accepted || length != 172)
                    Assert.Fail("refused");

                length = 20;
                if (!sender.ProtectRtcp(report, ref length) || receiver.UnprotectRtcp(report, ref length) != SrtpVerdict.Accepted || length != 20)
                    Assert.Fail("refused");
            }
        }));
    }

    [Fact]
    public void A_buffer_without_room_and_a_disposed_context_refuse()
    {
        var (sender, receiver) = Pair(SrtpProfile.AesCm128HmacSha1Tag80);
        var packet = SrtpSamples.Rtp(1);
        var length = 172;
        Assert.False(sender.ProtectRtp(packet.AsSpan(0, 181), ref length));
        Assert.Equal(172, length);
        Assert.True(sender.ProtectRtp(packet.AsSpan(0, 182), ref length));
        receiver.Dispose();
        Assert.Equal(SrtpVerdict.Malformed, receiver.UnprotectRtp(packet, ref length));
        Assert.Equal(SrtpVerdict.Malformed, receiver.UnprotectRtcp(packet, ref length));
        receiver.Dispose();
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, 16, 12)]
    [InlineData(SrtpProfile.AeadAes128Gcm, 16, 14)]
    [InlineData(SrtpProfile.AeadAes256Gcm, 16, 12)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, 32, 14)]
    public void A_key_of_another_length_is_refused(SrtpProfile profile, int key, int salt) =>
        Assert.Throws<ArgumentException>(() => SrtpContext.Create(profile, new SrtpKey(new byte[key], new byte[salt]), SrtpOptions.Default));

    // RFC 3711 §9.1, RFC 7714 §8.1: who has many SSRCs relayed must not have an index used twice under one key.
    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    public void An_ssrc_that_made_room_for_others_never_sends_again(SrtpProfile profile)
    {
        var (sender, receiver) = Pair(profile, new SrtpOptions { MaxSsrcs = 4 });
        Assert.True(Protect(sender, 7, 1));
        for (var ssrc = 100u; ssrc < 104; ssrc++)
            Assert.True(Protect(sender, ssrc, 1));
        Assert.False(Protect(sender, 7, 1));
        Assert.False(Protect(sender, 7, 2));
        Assert.True(Protect(sender, 103, 2));
        Assert.Equal(4, sender.StreamCount);

        // What is remembered of them is bounded; then nobody new begins, and those that are here go on.
        for (var ssrc = 1000u; ssrc < 9000; ssrc++)
            Protect(sender, ssrc, 1);
        Assert.True(Protect(sender, 1000 + 4093, 2));
        Assert.False(Protect(sender, 20000, 1));
        sender.Dispose();
        receiver.Dispose();
    }

    private static bool Protect(SrtpContext sender, uint ssrc, ushort sequence)
    {
        var packet = new byte[172 + SrtpContext.MaxExpansion];
        Phone.Packet(sequence, ssrc).CopyTo(packet, 0);
        var length = 172;
        return sender.ProtectRtp(packet, ref length);
    }

    private static (SrtpContext Sender, SrtpContext Receiver) Pair(SrtpProfile profile, SrtpOptions? options = null)
    {
        var key = SrtpSamples.Key(profile, 42);
        return (SrtpContext.Create(profile, key, options ?? SrtpOptions.Default), SrtpContext.Create(profile, key, options ?? SrtpOptions.Default));
    }

    private static byte[] Flipped(byte[] packet, int bit)
    {
        var copy = packet.ToArray();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }
}
