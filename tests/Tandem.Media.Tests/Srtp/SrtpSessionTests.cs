using Tandem.Core.Time;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

public class SrtpSessionTests
{
    private static readonly Moment Start = Moment.FromMilliseconds(1000);
    private static readonly SrtpOptions Options = SrtpOptions.Default;

    public static TheoryData<SrtpProfile> Profiles => SrtpSamples.Profiles;

    [Fact]
    public void Without_keys_nothing_passes()
    {
        using var session = new SrtpSession(Options);
        var packet = SrtpSamples.Rtp(1);
        var length = 172;

        Assert.False(session.ProtectRtp(packet, ref length));
        Assert.False(session.ProtectRtcp(SrtpSamples.Rtcp(), ref length));
        Assert.Equal(SrtpVerdict.UnknownKey, session.UnprotectRtp(packet, ref length, Start));
        Assert.Equal(SrtpVerdict.UnknownKey, session.UnprotectRtcp(packet, ref length, Start));
        Assert.False(session.HasKeys);
    }

    // RFC 4568 §7.1.4: packets under the old and the new key come mixed for a while.
    [Theory, MemberData(nameof(Profiles))]
    public void After_a_change_of_key_both_keys_are_taken_for_a_while(SrtpProfile profile)
    {
        using var session = new SrtpSession(Options);
        using var old = SrtpContext.Create(profile, SrtpSamples.Key(profile, 1), Options);
        using var @new = SrtpContext.Create(profile, SrtpSamples.Key(profile, 3), Options);
        session.SetKeys(profile, SrtpSamples.Key(profile, 1), SrtpSamples.Key(profile, 2), Start);
        Take(session, old, 10, Start);

        session.SetKeys(profile, SrtpSamples.Key(profile, 3), SrtpSamples.Key(profile, 2), Start);

        Assert.Equal(Start + Options.KeyGrace, session.Deadline);
        var late = SrtpSamples.ProtectRtp(old, SrtpSamples.Rtp(11));
        Take(session, @new, 12, Start + TimeSpan.FromSeconds(1));
        Assert.Equal(SrtpVerdict.Accepted, Unprotect(session, late, Start + TimeSpan.FromSeconds(2)));
        Assert.Equal(SrtpVerdict.BadTag, Unprotect(session, late, Start + TimeSpan.FromSeconds(2)));
        var later = SrtpSamples.ProtectRtp(old, SrtpSamples.Rtp(13));
        Assert.Equal(SrtpVerdict.BadTag, Unprotect(session, later, Start + Options.KeyGrace));
        Assert.Equal(Moment.Never, session.Deadline);
        Take(session, @new, 14, Start + Options.KeyGrace);
    }

    // RFC 3711 §3.3.1 lets a sender go on with its ROC, RFC 4568 §7.1.4 starts a new context at zero: both are understood.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sender_that_keeps_its_counter_over_a_new_key_is_understood(bool keeps)
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using var session = new SrtpSession(Options);
        using var old = SrtpContext.Create(Profile, SrtpSamples.Key(Profile, 1), Options);
        using var @new = SrtpContext.Create(Profile, SrtpSamples.Key(Profile, 3), Options);
        session.SetKeys(Profile, SrtpSamples.Key(Profile, 1), SrtpSamples.Key(Profile, 2), Start);
        for (var i = 0; i < 3 * 65536; i += 1000)
            Take(session, old, (ushort)i, Start);
        if (keeps)
        {
            for (var i = 0; i < 3 * 65536; i += 1000)
                SrtpSamples.ProtectRtp(@new, SrtpSamples.Rtp((ushort)i));
        }

        session.SetKeys(Profile, SrtpSamples.Key(Profile, 3), SrtpSamples.Key(Profile, 2), Start);

        for (var i = 3 * 65536; i < 5 * 65536; i += 1000)
            Take(session, @new, (ushort)i, Start + TimeSpan.FromSeconds(1));
    }

    // An index that started anew under an old key would be used twice; our SRTCP index goes on over a new key (RFC 3711 §3.4).
    [Fact]
    public void The_same_keys_again_change_nothing_and_new_ones_keep_the_index_of_rtcp()
    {
        const SrtpProfile Profile = SrtpProfile.AeadAes128Gcm;
        using var session = new SrtpSession(Options);
        session.SetKeys(Profile, SrtpSamples.Key(Profile, 1), SrtpSamples.Key(Profile, 2), Start);
        Assert.True(Protect(session, 5));
        Report(session, 0);

        session.SetKeys(Profile, SrtpSamples.Key(Profile, 1), SrtpSamples.Key(Profile, 2), Start);
        Assert.False(Protect(session, 5));
        Report(session, 1);
        Assert.Equal(Moment.Never, session.Deadline);

        session.SetKeys(Profile, SrtpSamples.Key(Profile, 1), SrtpSamples.Key(Profile, 4), Start);
        Assert.True(Protect(session, 5));
        Report(session, 2);
    }

    [Fact]
    public void A_key_that_does_not_fit_leaves_the_ones_in_use()
    {
        const SrtpProfile Profile = SrtpProfile.AeadAes256Gcm;
        using var session = new SrtpSession(Options);
        session.SetKeys(Profile, SrtpSamples.Key(Profile, 1), SrtpSamples.Key(Profile, 2), Start);

        Assert.Throws<ArgumentException>(() => session.SetKeys(Profile, SrtpSamples.Key(Profile, 5), SrtpSamples.Key(SrtpProfile.AeadAes128Gcm, 6), Start));

        using var peer = SrtpContext.Create(Profile, SrtpSamples.Key(Profile, 1), Options);
        Take(session, peer, 1, Start);
    }

    private static void Take(SrtpSession session, SrtpContext sender, ushort sequence, Moment now) =>
        Assert.Equal(SrtpVerdict.Accepted, Unprotect(session, SrtpSamples.ProtectRtp(sender, SrtpSamples.Rtp(sequence)), now));

    private static SrtpVerdict Unprotect(SrtpSession session, byte[] packet, Moment now)
    {
        var copy = packet.ToArray();
        var length = copy.Length;
        return session.UnprotectRtp(copy, ref length, now);
    }

    private static bool Protect(SrtpSession session, ushort sequence)
    {
        var packet = SrtpSamples.Rtp(sequence);
        var length = 172;
        return session.ProtectRtp(packet, ref length);
    }

    private static void Report(SrtpSession session, byte index)
    {
        var packet = SrtpSamples.Rtcp();
        var length = 20;
        Assert.True(session.ProtectRtcp(packet, ref length));
        Assert.Equal(index, packet[length - 1]);
    }
}
