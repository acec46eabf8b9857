using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>Handshakes are computed in turns away from the loop: what happens while a turn is away, or is refused. Virtual time.</summary>
public sealed class DtlsTurnTests : IDisposable
{
    private static readonly Moment Now = Moment.FromMilliseconds(1000);

    // Libssl sends flights again by the clock of the system: the peer does not while the machine does something else.
    private static readonly DtlsOptions Patient = new() { RetransmitTime = TimeSpan.FromMinutes(10) };

    private readonly HeldHandshakes _desk = new();
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System);
    private readonly VirtualSession _session;
    private readonly DtlsAssociation _peer;
    private readonly byte[] _buffer = new byte[1500];

    public DtlsTurnTests()
    {
        _session = new VirtualSession(handshakes: _desk);
        _peer = new DtlsAssociation(_certificate, true, [DtlsCertificate.All[0].Fingerprint], SrtpProfiles.All, Patient);
        _peer.Start(Now);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _certificate.Dispose();
    }

    private DtlsPlan Plan(bool isClient = false, string identity = "one") => new(isClient, [_certificate.Fingerprint], identity);

    private PacketVerdict Tell(ReadOnlySpan<byte> datagram) => _session.Receive(MediaSide.B, datagram, B, Now);

    /// <summary>What the peer has to say; how many datagrams were taken.</summary>
    private int TellAll()
    {
        var taken = 0;
        while (_peer.TryTakeOutput(_buffer, out var length))
            taken += Tell(_buffer.AsSpan(0, length)) == PacketVerdict.Dtls ? 1 : 0;
        return taken;
    }

    /// <summary>What the peer was sent; how many datagrams that were.</summary>
    private int Hear()
    {
        var sent = _session.TakeSent();
        foreach (var (_, packet, _) in sent)
            _peer.Receive(packet, Now);
        return sent.Count;
    }

    [Fact]
    public void The_loop_computes_nothing_and_relays_on()
    {
        _session.Apply(OneLine(b: To(B, Plan())), Now);
        Assert.Equal(1, TellAll());
        Assert.Equal((1, 0L), (_desk.Waiting, _session.Loop.SentCount));

        // Other sides of the loop have their packets; this one has no keys yet.
        Assert.Equal(PacketVerdict.NoKey, _session.Receive(MediaSide.A, Phone.Packet(1), A, Now));

        for (var round = 0; _peer.State == DtlsState.Handshaking && round < 10; round++)
        {
            Assert.Equal(1, _desk.Run(Now));
            Assert.NotEqual(0, Hear());
            TellAll();
        }

        _desk.Run(Now);
        Assert.Equal("DTLS AES_CM_128_HMAC_SHA1_80", Assert.IsType<MediaSecured>(Assert.Single(_session.Events)).Description);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(2), A, Now));
    }

    // What comes while a turn is away makes one turn more, in the order in which it came; nothing is computed twice at once.
    [Fact]
    public void A_session_has_one_turn_at_a_time()
    {
        _session.Apply(OneLine(b: To(B, Plan())), Now);
        Assert.True(_peer.TryTakeOutput(_buffer, out var length));
        for (var i = 0; i < 10; i++)
            Assert.Equal(PacketVerdict.Dtls, Tell(_buffer.AsSpan(0, length)));
        Assert.Equal(1, _desk.Waiting);
        _desk.Compute();
        Assert.Equal(0, _desk.Waiting);
        Assert.Equal(PacketVerdict.Dtls, Tell(_buffer.AsSpan(0, length)));
        Assert.Equal((0, 0L), (_desk.Waiting, _session.Loop.SentCount));
        _desk.Finish(Now);
        Assert.Equal(1, _desk.Waiting);
        Assert.NotEqual(0L, _session.Loop.SentCount);
        Assert.Equal(1, _desk.Run(Now));
    }

    [Fact]
    public void What_waits_is_bounded_and_what_is_not_dtls_waits_not_at_all()
    {
        _session.Apply(OneLine(b: To(B, Plan())), Now);
        Assert.True(_peer.TryTakeOutput(_buffer, out var length));
        var taken = 0;
        for (var i = 0; i < 1000; i++)
            taken += Tell(_buffer.AsSpan(0, length)) == PacketVerdict.Dtls ? 1 : 0;
        Assert.Equal(1 + DtlsOptions.Default.MaxWaitingDatagrams, taken);
        Assert.Equal((1, 1000 - taken), (_desk.Waiting, _session.Loop.Counters.HandshakesDropped));

        _buffer.AsSpan(0, length).Fill(22);
        Assert.Equal(PacketVerdict.DtlsRefused, Tell(_buffer.AsSpan(0, length)));
        Assert.Equal(1000 - taken, _session.Loop.Counters.HandshakesDropped);
    }

    // Lost as on the network: the peer sends its hello again.
    [Fact]
    public void A_datagram_that_finds_the_desk_full_is_lost()
    {
        _session.Apply(OneLine(b: To(B, Plan())), Now);
        Assert.True(_peer.TryTakeOutput(_buffer, out var length));
        _desk.Takes = false;
        Assert.Equal(PacketVerdict.DtlsRefused, Tell(_buffer.AsSpan(0, length)));
        Assert.Equal(1L, _session.Loop.Counters.HandshakesDropped);
        _desk.Takes = true;
        Assert.Equal(PacketVerdict.Dtls, Tell(_buffer.AsSpan(0, length)));
        Assert.Equal(1, _desk.Run(Now));
        Assert.NotEqual(0, Hear());
    }

    [Fact]
    public void As_a_client_we_begin_later_when_the_desk_is_full()
    {
        _desk.Takes = false;
        _session.Apply(OneLine(b: To(B, Plan(isClient: true))), Now);
        Assert.Equal((0, 0L, 0L), (_desk.Waiting, _session.Loop.SentCount, _session.Loop.Counters.HandshakesDropped));
        _session.Advance(Now + DtlsOptions.Default.RetransmitTime);
        Assert.Equal(0, _desk.Waiting);
        _desk.Takes = true;
        _session.Advance(Now + TimeSpan.FromSeconds(1));
        Assert.Equal(1, _desk.Run(Now + TimeSpan.FromSeconds(1)));
        Assert.Equal(1L, _session.Loop.SentCount);
        _session.Advance(Now + TimeSpan.FromSeconds(40));
        _desk.Run(Now + TimeSpan.FromSeconds(40));
        Assert.Equal("DTLS: Timeout", Assert.IsType<MediaFailed>(Assert.Single(_session.Events)).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_that_ends_meanwhile_leaves_nothing(bool isComputed)
    {
        var session = new VirtualSession(handshakes: _desk);
        session.Apply(OneLine(b: To(B, Plan(isClient: true))), Now);
        if (isComputed)
            _desk.Compute();
        session.Core.Stop(Now);
        if (isComputed)
            _desk.Finish(Now);

        // The turn that was away, or the one that frees what it made.
        Assert.Equal(1, _desk.Run(Now));
        Assert.Equal((0L, 0, 0), (session.Loop.SentCount, session.Events.Count, session.Loop.Wheel.Count));
    }

    // RFC 8842 §4: another identity is another association; what comes of a turn of the first one is nobody's.
    [Fact]
    public void A_turn_of_an_association_that_was_replaced_changes_nothing()
    {
        _session.Apply(OneLine(b: To(B, Plan(isClient: true))), Now);
        _desk.Compute();
        _session.Apply(OneLine(b: To(B, Plan(isClient: true, "two"))), Now);
        _desk.Finish(Now);
        Assert.Equal(0L, _session.Loop.SentCount);
        _desk.Run(Now);
        Assert.Equal(1L, _session.Loop.SentCount);
    }
}
