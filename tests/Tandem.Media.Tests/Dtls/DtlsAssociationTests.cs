using System.Security.Cryptography;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;
using Tandem.Media.Tests.Srtp;

namespace Tandem.Media.Tests.Dtls;

public class DtlsAssociationTests
{
    public static TheoryData<SrtpProfile> Profiles => SrtpSamples.Profiles;

    // RFC 5764 §4.2: what one sends with is what the other receives with, and the two directions differ.
    [Theory, MemberData(nameof(Profiles))]
    public void Both_get_the_same_keys_for_each_profile(SrtpProfile profile)
    {
        using var pair = DtlsPair.Create(profiles: profile);

        pair.Run();

        Assert.Equal(DtlsState.Established, pair.Client.State);
        Assert.Equal(DtlsState.Established, pair.Server.State);
        Assert.True(pair.Client.TakeKeys(out var clientProfile, out var clientIn, out var clientOut));
        Assert.True(pair.Server.TakeKeys(out var serverProfile, out var serverIn, out var serverOut));
        Assert.Equal(profile, clientProfile);
        Assert.Equal(profile, serverProfile);
        Assert.Equal(clientOut, serverIn);
        Assert.Equal(serverOut, clientIn);
        Assert.NotEqual(clientIn, clientOut);
        Assert.True(clientIn!.Fits(profile));
        Assert.False(pair.Client.TakeKeys(out _, out _, out _));
        Assert.Equal(Moment.Never, pair.Client.Deadline);
    }

    // RFC 5764 §4.1.1: the server takes the first of its own list that the client has.
    [Fact]
    public void The_profile_is_one_that_both_have()
    {
        using var pair = new DtlsPair(
            Client([SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AeadAes128Gcm]),
            Server([SrtpProfile.AeadAes256Gcm, SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80]));

        pair.Run();

        Assert.True(pair.Server.TakeKeys(out var profile, out _, out _));
        Assert.Equal(SrtpProfile.AeadAes128Gcm, profile);
    }

    [Fact]
    public void Without_a_common_profile_there_are_no_keys()
    {
        using var pair = new DtlsPair(Client([SrtpProfile.AesCm128HmacSha1Tag32]), Server([SrtpProfile.AeadAes256Gcm]));

        pair.Run();

        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Equal(DtlsFailure.NoProfile, pair.Client.Failure);
        Assert.Equal(DtlsFailure.NoProfile, pair.Server.Failure);
        Assert.False(pair.Client.TakeKeys(out _, out _, out _));
        Assert.False(pair.Server.TakeKeys(out _, out _, out _));
    }

    // RFC 8122 §5, §5.1: SHA-1, 256, 384 and 512; of several the strongest function decides, and any value of it will do.
    [Theory]
    [InlineData("sha-1", true)]
    [InlineData("sha-256", true)]
    [InlineData("sha-384", true)]
    [InlineData("sha-512", true)]
    [InlineData("sha-1 wrong:sha-1", true)]
    [InlineData("sha-256 wrong:sha-256 md5", true)]
    [InlineData("wrong:sha-1 sha-256", true)]
    [InlineData("sha-1 wrong:sha-256", false)]
    [InlineData("sha-256 wrong:sha-512", false)]
    [InlineData("wrong:sha-256", false)]
    [InlineData("md5", false)]
    [InlineData("", false)]
    public void Only_the_certificate_of_the_description_gets_keys(string kinds, bool right)
    {
        var der = Der(DtlsPair.Others.Value);
        using var pair = new DtlsPair(
            Client(SrtpProfiles.All, [.. kinds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(x => Fingerprint(x, der))]),
            Server(SrtpProfiles.All));

        pair.Run();

        Assert.Equal(right ? DtlsState.Established : DtlsState.Failed, pair.Client.State);
        Assert.Equal(right ? DtlsFailure.None : DtlsFailure.WrongFingerprint, pair.Client.Failure);
        Assert.Equal(right, pair.Client.TakeKeys(out _, out _, out _));
    }

    [Fact]
    public void A_server_with_a_wrong_client_gives_no_keys_and_does_not_finish()
    {
        using var pair = new DtlsPair(Client(SrtpProfiles.All), Server(SrtpProfiles.All, [Fingerprint("wrong:sha-256", new byte[10])]), 1);

        pair.Run(5);

        Assert.Equal(DtlsFailure.WrongFingerprint, pair.Server.Failure);
        Assert.False(pair.Server.TakeKeys(out _, out _, out _));
        Assert.NotEqual(DtlsState.Established, pair.Client.State);
    }

    // RFC 6347 §4.2.4.
    [Theory]
    [InlineData(1, 0.3, 0.0, 0)]
    [InlineData(2, 0.3, 0.3, 20)]
    [InlineData(3, 0.0, 1.0, 0)]
    [InlineData(4, 0.0, 0.5, 50)]
    [InlineData(5, 0.4, 0.2, 10)]
    public void Lost_doubled_and_overtaking_datagrams_only_cost_time(int seed, double loss, double duplication, int delay)
    {
        for (var run = 0; run < 2; run++)
        {
            using var pair = DtlsPair.Create(seed: (seed * 100) + run, loss: loss, duplication: duplication, delay: delay);

            pair.Run();

            Assert.Equal(DtlsState.Established, pair.Client.State);
            Assert.Equal(DtlsState.Established, pair.Server.State);
            Assert.True(pair.Client.TakeKeys(out _, out var clientIn, out _));
            Assert.True(pair.Server.TakeKeys(out _, out _, out var serverOut));
            Assert.Equal(serverOut, clientIn);
        }
    }

    // The server has done its part when its last flight is lost: only the client's Finished, sent again, tells it (RFC 6347 §4.2.4).
    [Fact]
    public void A_lost_last_flight_is_sent_again_by_a_server_that_is_done()
    {
        using var pair = DtlsPair.Create();
        var lost = 0;
        pair.Filter = (toClient, _) => !toClient || pair.Server.State != DtlsState.Established || ++lost > 2;

        pair.Run();

        Assert.True(lost > 2);
        Assert.Equal(DtlsState.Established, pair.Client.State);
    }

    [Fact]
    public void No_datagram_is_longer_than_the_mtu()
    {
        using var pair = DtlsPair.Create(new DtlsOptions { Mtu = 400 });

        pair.Run();

        Assert.Equal(DtlsState.Established, pair.Client.State);
        Assert.All(pair.Sent, x => Assert.InRange(x.Length, 14, 400));
        Assert.Contains(pair.Sent, x => x.Length > 200);
    }

    [Fact]
    public void A_peer_that_says_nothing_is_given_up()
    {
        using var pair = DtlsPair.Create(new DtlsOptions { HandshakeTimeout = TimeSpan.FromSeconds(1), RetransmitTime = TimeSpan.FromSeconds(4) });
        pair.Filter = (_, _) => false;
        var start = pair.Now;

        pair.Run();

        Assert.Equal(DtlsFailure.Timeout, pair.Client.Failure);
        Assert.Equal(DtlsFailure.Timeout, pair.Server.Failure);
        Assert.Equal(start + TimeSpan.FromSeconds(1), pair.Now);
        Assert.False(pair.Client.Receive([22, 0xFE, 0xFD], pair.Now));
    }

    [Fact]
    public void A_source_that_must_prove_itself_gets_a_short_answer_first()
    {
        using var pair = DtlsPair.Create(verifySource: true);
        var toClient = new List<byte[]>();
        pair.Filter = (to, datagram) =>
        {
            if (to)
                toClient.Add(datagram);
            return true;
        };

        pair.Run();

        Assert.Equal(DtlsState.Established, pair.Server.State);
        Assert.InRange(toClient[0].Length, 25, 80);
        Assert.Equal(3, toClient[0][13]);
    }

    [Fact]
    public void Close_is_heard_by_the_other_and_nothing_is_read_afterwards()
    {
        using var pair = DtlsPair.Create();
        pair.Run();

        pair.Client.Close();
        pair.Settle();

        Assert.Equal(DtlsState.Closed, pair.Client.State);
        Assert.Equal(DtlsState.Closed, pair.Server.State);
        Assert.False(pair.Server.Receive(pair.Sent[0], pair.Now));
    }

    [Fact]
    public void Closing_before_the_end_gives_nothing()
    {
        using var pair = DtlsPair.Create();
        pair.Client.Start(pair.Now);

        pair.Client.Close();

        Assert.Equal(DtlsFailure.Closed, pair.Client.Failure);
        Assert.False(pair.Client.TakeKeys(out _, out _, out _));
    }

    [Fact]
    public void A_disposed_association_takes_and_gives_nothing()
    {
        var pair = DtlsPair.Create();
        pair.Run();
        pair.Client.Dispose();

        Assert.False(pair.Client.Receive(pair.Sent[0], pair.Now));
        Assert.False(pair.Client.TryTakeOutput(new byte[2000], out _));
        Assert.False(pair.Client.TakeKeys(out _, out _, out _));
        pair.Client.OnDeadline(pair.Now);
        pair.Client.Close();
        pair.Client.Dispose();
        pair.Dispose();
    }

    internal static byte[] Der(DtlsCertificate certificate)
    {
        // The certificate is in the server's second flight; its own fingerprint tells when it is found.
        using var pair = new DtlsPair(Client(SrtpProfiles.All), new DtlsAssociation(certificate, false, [DtlsCertificate.Shared.Fingerprint], SrtpProfiles.All, new DtlsOptions { Mtu = 4000 }));
        pair.Run();
        foreach (var datagram in pair.Sent)
        {
            for (var start = 0; start + 100 < datagram.Length; start++)
            {
                if (datagram[start] != 0x30 || datagram[start + 1] != 0x82)
                    continue;
                var length = 4 + (datagram[start + 2] << 8) + datagram[start + 3];
                if (start + length <= datagram.Length && SHA256.HashData(datagram.AsSpan(start, length)).AsSpan().SequenceEqual(certificate.Fingerprint.Value.Span))
                    return datagram[start..(start + length)];
            }
        }

        throw new InvalidOperationException("no certificate in the handshake");
    }

    private static CertificateFingerprint Fingerprint(string kind, byte[] der)
    {
        var wrong = kind.StartsWith("wrong:", StringComparison.Ordinal);
        var name = wrong ? kind[6..] : kind;
        var value = name switch
        {
            "sha-1" => SHA1.HashData(der),
            "sha-256" => SHA256.HashData(der),
            "sha-384" => SHA384.HashData(der),
            "sha-512" => SHA512.HashData(der),
            _ => MD5.HashData(der),
        };
        if (wrong)
            value[3] ^= 1;
        return new CertificateFingerprint(name, value);
    }

    private static DtlsAssociation Client(IReadOnlyList<SrtpProfile> profiles, IReadOnlyList<CertificateFingerprint>? fingerprints = null) =>
        new(DtlsCertificate.Shared, isClient: true, fingerprints ?? [DtlsPair.Others.Value.Fingerprint], profiles, DtlsPair.Fast);

    private static DtlsAssociation Server(IReadOnlyList<SrtpProfile> profiles, IReadOnlyList<CertificateFingerprint>? fingerprints = null) =>
        new(DtlsPair.Others.Value, isClient: false, fingerprints ?? [DtlsCertificate.Shared.Fingerprint], profiles, DtlsPair.Fast);
}
