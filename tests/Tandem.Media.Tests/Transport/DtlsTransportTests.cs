using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Media.Tests.Ice;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>DTLS-SRTP toward B (RFC 5763, 5764), plain RTP toward A: with ICE as browsers have it, and without as phones do. Virtual time.</summary>
public sealed class DtlsTransportTests : IDisposable
{
    // Libssl sends flights again by the clock of the system. No time passes here in which they would be: not while the machine does something else either.
    private static readonly DtlsOptions Patient = new() { RetransmitTime = TimeSpan.FromMinutes(10) };

    private readonly VirtualSession _session = new(new MediaOptions { Dtls = Patient });
    private readonly List<IDisposable> _owned = [];
    private Moment _now = Moment.FromMilliseconds(1000);

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    /// <summary>The far end of the handshake, with its certificate and, afterwards, its keys.</summary>
    private sealed class Peer(DtlsTransportTests test, bool isClient) : IDisposable
    {
        private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System);
        private SrtpSession? _keys;

        public DtlsAssociation Association { get; private set; } = null!;

        public NetAddress Address { get; set; } = B;

        public DtlsPlan Plan(string identity = "one", CertificateFingerprint? fingerprint = null) => new(!isClient, [fingerprint ?? _certificate.Fingerprint], identity);

        public void Start(int certificate = 0)
        {
            Association?.Dispose();
            Association = new DtlsAssociation(_certificate, isClient, [DtlsCertificate.All[certificate].Fingerprint], SrtpProfiles.All, Patient);
            if (isClient)
                Association.Start(test._now);
        }

        /// <summary>Datagrams go to and fro until nobody has anything to say.</summary>
        public void Shake(bool rtcp = false)
        {
            var buffer = new byte[1500];
            for (var quiet = false; !quiet;)
            {
                quiet = true;
                while (Association.TryTakeOutput(buffer, out var length))
                {
                    quiet = false;
                    test._session.Receive(MediaSide.B, rtcp, buffer.AsSpan(0, length), Address, test._now, out _);
                }

                foreach (var sent in test._session.TakeSent())
                {
                    Assert.Equal(Address, sent.Target);
                    quiet = false;
                    if (DtlsAssociation.Looks(sent.Packet))
                        Association.Receive(sent.Packet, test._now);
                }
            }

            if (!Association.TakeKeys(out var profile, out var inbound, out var outbound))
                return;

            _keys?.Dispose();
            _keys = new SrtpSession(SrtpOptions.Default);
            _keys.SetKeys(profile, inbound!, outbound!, test._now);
        }

        public byte[] Protect(byte[] packet)
        {
            var buffer = new byte[packet.Length + SrtpContext.MaxExpansion];
            packet.CopyTo(buffer, 0);
            var length = packet.Length;
            Assert.True(_keys!.ProtectRtp(buffer, ref length));
            return buffer[..length];
        }

        public byte[] Unprotect(byte[] packet, bool rtcp = false)
        {
            var length = packet.Length;
            Assert.Equal(SrtpVerdict.Accepted, rtcp ? _keys!.UnprotectRtcp(packet, ref length, test._now) : _keys!.UnprotectRtp(packet, ref length, test._now));
            return packet[..length];
        }

        public void Dispose()
        {
            Association?.Dispose();
            _keys?.Dispose();
            _certificate.Dispose();
        }
    }

    private Peer Far(bool isClient)
    {
        var peer = new Peer(this, isClient);
        _owned.Add(peer);
        return peer;
    }

    private void AssertFlows(Peer peer, ushort sequence)
    {
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(sequence), A, _now));
        var sent = Assert.Single(_session.TakeSent());
        Assert.Equal(peer.Address, sent.Target);
        Assert.Equal(Phone.Packet(sequence), peer.Unprotect(sent.Packet));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, peer.Protect(Phone.Packet(sequence, 2)), peer.Address, _now));
        Assert.Equal(Phone.Packet(sequence, 2), Assert.Single(_session.TakeSent()).Packet);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handshake_gives_keys_in_either_role_and_nothing_flows_before(bool peerIsClient)
    {
        var peer = Far(peerIsClient);
        _session.Apply(OneLine(b: To(B, peer.Plan())), _now);
        Assert.Equal(PacketVerdict.NoKey, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        Assert.Equal(PacketVerdict.NoKey, _session.Receive(MediaSide.B, Phone.Packet(1), B, _now));
        Assert.Equal(!peerIsClient, _session.Loop.SentCount > 0);

        peer.Start();
        peer.Shake();

        // The server's order decides: ours is that of the options, the peer's has the strongest first.
        Assert.Equal(peerIsClient ? "DTLS AES_CM_128_HMAC_SHA1_80" : "DTLS AEAD_AES_256_GCM", Assert.IsType<MediaSecured>(Assert.Single(_session.Events)).Description);
        AssertFlows(peer, 2);
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
        Assert.Equal(Phone.Report(), peer.Unprotect(Assert.Single(_session.TakeSent()).Packet, true));
    }

    [Fact]
    public void A_certificate_that_the_description_does_not_name_gets_no_keys()
    {
        using var other = DtlsCertificate.Create(TimeProvider.System);
        var peer = Far(true);
        _session.Apply(OneLine(b: To(B, peer.Plan(fingerprint: other.Fingerprint))), _now);
        peer.Start();
        peer.Shake();
        Assert.Equal("DTLS: WrongFingerprint", Assert.IsType<MediaFailed>(Assert.Single(_session.Events)).Reason);
        Assert.Equal(PacketVerdict.NoKey, _session.Receive(MediaSide.A, Phone.Packet(2), A, _now));
        Assert.Empty(_session.TakeSent());
    }

    // Without ICE: the SDP's host, the signalling's host, or a learned source. Anybody else gets no answer.
    [Fact]
    public void A_stranger_shakes_no_hands()
    {
        var peer = Far(true);
        _session.Apply(OneLine(b: To(B, peer.Plan())), _now);
        peer.Start();
        var hello = new byte[1500];
        Assert.True(peer.Association.TryTakeOutput(hello, out var length));
        for (var i = 0; i < 1000; i++)
            Assert.Equal(PacketVerdict.DtlsRefused, _session.Receive(MediaSide.B, hello.AsSpan(0, length), Stranger, _now));
        Assert.Empty(_session.TakeSent());

        // The phone behind the same address is not hindered, from whatever port.
        peer.Address = B.WithPort(7777);
        _session.Receive(MediaSide.B, hello.AsSpan(0, length), peer.Address, _now);
        peer.Shake();
        AssertFlows(peer, 3);
        Assert.Equal(peer.Address, _session.Core.Transports(MediaSide.B)[0].Rtp.Target);
    }

    [Fact]
    public void With_ice_hands_are_shaken_after_a_signed_check_and_with_that_address_only()
    {
        var peer = Far(true);
        _session.Apply(OneLine(b: To(B, peer.Plan(), IcePeer.Plan)), _now);
        peer.Start();
        var hello = new byte[1500];
        Assert.True(peer.Association.TryTakeOutput(hello, out var length));
        Assert.Equal(PacketVerdict.DtlsRefused, _session.Receive(MediaSide.B, hello.AsSpan(0, length), B, _now));
        Assert.Empty(_session.TakeSent());

        Assert.Equal(PacketVerdict.Stun, _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now));
        Assert.Equal(PacketVerdict.DtlsRefused, _session.Receive(MediaSide.B, hello.AsSpan(0, length), Stranger, _now));
        _session.TakeSent();
        Assert.Equal(PacketVerdict.Dtls, _session.Receive(MediaSide.B, hello.AsSpan(0, length), B, _now));
        peer.Shake();
        AssertFlows(peer, 2);

        // The browser changes its network: another pair, the same association (RFC 8842 §4).
        var moved = VirtualSession.At("198.51.100.8", 40000);
        Assert.Equal(PacketVerdict.NotAllowed, _session.Receive(MediaSide.B, peer.Protect(Phone.Packet(3, 2)), moved, _now));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(PacketVerdict.Stun, _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), moved, _now));
        _session.TakeSent();
        peer.Address = moved;
        AssertFlows(peer, 4);
    }

    [Fact]
    public void As_a_client_we_begin_when_ice_knows_where_to()
    {
        var peer = Far(false);
        _session.Apply(OneLine(b: To(default, peer.Plan(), IcePeer.Plan)), _now);
        peer.Start();
        Assert.Empty(_session.TakeSent());
        _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now);
        peer.Shake();
        AssertFlows(peer, 2);
    }

    // RFC 8842 §4: the same identity goes on; another one is another association, and the old keys serve until it has its own.
    [Fact]
    public void An_association_lives_as_long_as_its_identity()
    {
        var peer = Far(true);
        _session.Apply(OneLine(b: To(B, peer.Plan())), _now);
        peer.Start();
        peer.Shake();
        AssertFlows(peer, 1);
        _session.Apply(OneLine(b: To(B, peer.Plan())), _now);
        AssertFlows(peer, 2);

        _session.Apply(OneLine(b: To(B, peer.Plan("two"))), _now);
        AssertFlows(peer, 3);
        peer.Start();
        peer.Shake();
        AssertFlows(peer, 4);
        Assert.Equal(2, _session.Events.Count);
    }

    // RFC 5763 §5: the certificate that is shown is the one that the description named; the peer refuses any other.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void The_certificate_is_that_of_the_plan(int certificate, bool peerIsClient)
    {
        var peer = Far(peerIsClient);
        _session.Apply(OneLine(b: To(B, peer.Plan() with { Certificate = certificate })), _now);
        peer.Start(1 - certificate);
        peer.Shake();
        Assert.Equal(DtlsState.Failed, peer.Association.State);
        Assert.Equal(DtlsFailure.WrongFingerprint, peer.Association.Failure);

        _session.Apply(OneLine(b: To(B, peer.Plan("two") with { Certificate = certificate })), _now);
        peer.Start(certificate);
        peer.Shake();
        AssertFlows(peer, 1);
    }

    [Fact]
    public void Rtcp_on_a_port_of_its_own_has_a_handshake_of_its_own()
    {
        var peer = Far(true);
        var second = Far(true);
        second.Address = B.WithPort(6001);
        _session.Apply(OneLine(b: To(B, peer.Plan(), mux: false) with { Security = new DtlsPlan(false, [.. peer.Plan().Fingerprints, .. second.Plan().Fingerprints], "x") }), _now);
        peer.Start();
        peer.Shake();
        Assert.Equal(PacketVerdict.NoKey, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
        second.Start();
        second.Shake(rtcp: true);
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
        Assert.Equal(Phone.Report(), second.Unprotect(Assert.Single(_session.TakeSent()).Packet, true));
        Assert.Single(_session.Events);
    }

    [Fact]
    public void A_handshake_that_nobody_answers_fails_in_its_time()
    {
        var peer = Far(false);
        _session.Apply(OneLine(b: To(B, peer.Plan())), _now);
        Assert.NotEmpty(_session.TakeSent());
        _session.Advance(_now + TimeSpan.FromSeconds(29));
        Assert.Empty(_session.Events);
        _session.Advance(_now + TimeSpan.FromSeconds(31));
        Assert.Equal("DTLS: Timeout", Assert.IsType<MediaFailed>(Assert.Single(_session.Events)).Reason);
        _session.Core.Stop(_now);
        Assert.Equal(0, _session.Loop.Wheel.Count);
    }
}
