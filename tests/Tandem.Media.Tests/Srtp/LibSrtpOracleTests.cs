using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

/// <summary>Ours and libsrtp2 under the same key: what one protects the other takes, and both refuse the same packets.</summary>
public class LibSrtpOracleTests
{
    private const int Window = 128;

    private static readonly SrtpOptions Options = new() { ReplayWindow = Window };

    public static TheoryData<SrtpProfile> Profiles => SrtpSamples.Profiles;

    // Over two wraps of the sequence number, with CSRC lists, header extensions, empty payloads and three sources.
    [Theory, MemberData(nameof(Profiles))]
    public void Rtp_is_the_same_byte_for_byte_over_wraps(SrtpProfile profile)
    {
        var key = SrtpSamples.Key(profile, 7);
        using var ours = SrtpContext.Create(profile, key, Options);
        using var theirs = new LibSrtp(profile, key, sends: true, Window);
        using var receiver = new LibSrtp(profile, key, sends: false, Window);
        using var taker = SrtpContext.Create(profile, key, Options);
        for (var i = 30_000; i < 30_000 + 150_000; i += 37)
        {
            var ssrc = 0x1000u + (uint)(i % 3);
            byte[] Packet() => SrtpSamples.Rtp((ushort)i, ssrc, payload: i % 200, csrcs: i % 5, extension: i % 2 == 0);
            var plain = SrtpSamples.Plain(Packet());

            var secret = SrtpSamples.ProtectRtp(ours, Packet());
            var other = Packet();
            var length = plain.Length;
            Assert.Equal(LibSrtp.Ok, theirs.ProtectRtp(other, ref length));
            Assert.Equal(other[..length], secret);

            var back = secret.ToArray();
            length = back.Length;
            Assert.Equal(LibSrtp.Ok, receiver.UnprotectRtp(back, ref length));
            Assert.Equal(plain, back[..length]);
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtp(taker, secret, out back));
            Assert.Equal(plain, back);
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Rtcp_goes_both_ways(SrtpProfile profile)
    {
        var key = SrtpSamples.Key(profile, 8);
        using var ours = SrtpContext.Create(profile, key, Options);
        using var theirs = new LibSrtp(profile, key, sends: true, Window);
        using var receiver = new LibSrtp(profile, key, sends: false, Window);
        using var taker = SrtpContext.Create(profile, key, Options);
        for (byte i = 0; i < 250; i++)
        {
            var plain = SrtpSamples.Plain(SrtpSamples.Rtcp(mark: i));
            var secret = SrtpSamples.ProtectRtcp(ours, SrtpSamples.Rtcp(mark: i));
            var length = secret.Length;
            Assert.Equal(LibSrtp.Ok, receiver.UnprotectRtcp(secret, ref length));
            Assert.Equal(plain, secret[..length]);

            var other = SrtpSamples.Rtcp(mark: i);
            length = plain.Length;
            Assert.Equal(LibSrtp.Ok, theirs.ProtectRtcp(other, ref length));
            Assert.Equal(SrtpVerdict.Accepted, SrtpSamples.UnprotectRtcp(taker, other[..length], out var back));
            Assert.Equal(plain, back);
        }
    }

    // Loss, disorder, repetition, packets from before the window, forged ones: the same verdict for each of 20,000.
    [Theory, MemberData(nameof(Profiles))]
    public void Both_refuse_the_same_packets(SrtpProfile profile)
    {
        var key = SrtpSamples.Key(profile, 9);
        var random = new Random(5);
        using var sender = SrtpContext.Create(profile, key, Options);
        using var ours = SrtpContext.Create(profile, key, Options);
        using var theirs = new LibSrtp(profile, key, sends: false, Window);
        var sent = new List<byte[]>();
        var verdicts = new Dictionary<SrtpVerdict, int>();
        var sequence = 50_000;
        for (var i = 0; i < 20_000; i++)
        {
            byte[] packet;
            if (sent.Count == 0 || random.Next(3) > 0)
            {
                sequence += random.Next(1, 12);
                packet = SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp((ushort)sequence, payload: 10));
                sent.Add(packet);
                if (random.Next(4) == 0)
                    continue;
            }
            else
            {
                packet = sent[Math.Max(0, sent.Count - 1 - random.Next(40))].ToArray();
                if (random.Next(5) == 0)
                    packet[random.Next(12, packet.Length)] ^= (byte)(1 << random.Next(8));
            }

            var verdict = SrtpSamples.UnprotectRtp(ours, packet, out var back);
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
            var copy = packet.ToArray();
            var length = copy.Length;
            var status = theirs.UnprotectRtp(copy, ref length);
            Assert.Equal(
                verdict switch
                {
                    SrtpVerdict.Accepted => LibSrtp.Ok,
                    SrtpVerdict.Replayed => LibSrtp.ReplayFailure,
                    SrtpVerdict.TooOld => LibSrtp.ReplayOld,
                    _ => LibSrtp.AuthenticationFailure,
                },
                status);
            if (status == LibSrtp.Ok)
                Assert.Equal(copy[..length], back);
        }

        Assert.All([SrtpVerdict.Accepted, SrtpVerdict.Replayed, SrtpVerdict.TooOld, SrtpVerdict.BadTag], x => Assert.InRange(verdicts.GetValueOrDefault(x), 100, 20_000));
    }
}
