using System.Text;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;
using Tandem.Media.Srtp;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>
/// Two thousand sessions on which signalling does whatever it can do, in any order: sessions, ports, mixes, sources and taps all come back,
/// and no loop meets a fault.
/// </summary>
public sealed class MediaEngineStormTests
{
    private const int Sessions = 500;
    private const int Steps = 24;
    private const int Ports = 1000;
    private const string Key = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    private const string Hash = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";
    private const string Ice = "a=ice-ufrag:aB3d\r\na=ice-pwd:0123456789abcdefghijklmn\r\n";
    private const string Dtls = "a=fingerprint:sha-256 " + Hash + "\r\na=setup:actpass\r\n";

    // The tests of a class run one after the other, and each engine gives its ports back.
    private static readonly int FirstPort = UdpPorts.Range(Ports);

    // Ports of the phones: kept free, for what is played to them would reach the phone of another test.
    private static readonly int PhonePort = UdpPorts.Range(8);

    private static readonly string[] Bodies =
    [
        $"m=audio {PhonePort} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
        $"m=audio {PhonePort} RTP/AVP 8\r\na=rtcp-mux\r\n",
        $"m=audio {PhonePort + 4} RTP/AVP 9 0\r\na=sendonly\r\n",
        $"m=audio {PhonePort + 4} RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\na=inactive\r\n",
        "m=audio 0 RTP/AVP 0\r\n",
        $"m=audio {PhonePort} RTP/AVP 0\r\nm=video {PhonePort + 2} RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
        $"m=audio {PhonePort} RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\nm=image {PhonePort + 6} udptl t38\r\n",
        $"m=image {PhonePort + 6} udptl t38\r\n",
        $"m=audio {PhonePort} RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " + Key + "\r\n",
        $"m=audio {PhonePort} RTP/SAVP 8 0\r\na=rtcp-mux\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 " + Key + "\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n" + Ice + Dtls,
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n" + Ice + Dtls
            + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n" + Ice + Dtls,
        $"m=audio {PhonePort} UDP/TLS/RTP/SAVP 0\r\n" + Dtls,
        $"m=audio {PhonePort} RTP/AVP 97\r\na=rtpmap:97 L16/44100\r\na=ptime:200\r\n",
        "m=nonsense\r\n",
        "",
    ];

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    public void Whatever_signalling_does_all_is_given_back(bool epoll, int seed)
    {
        var options = new MediaOptions
        {
            RtpPort = FirstPort,
            RtpPortMax = FirstPort + Ports - 1,
            Shards = 3,
            UseEpoll = epoll,
            WarmSockets = seed % 2 == 0 ? 64 : 0,
            PortQuarantine = TimeSpan.Zero,
            ShardFullPercent = 1,
        };
        var things = new Things();
        using var engine = new MediaEngine(options, new Clock(TimeProvider.System), new Random(seed));
        var random = new Random(seed);
        var open = new List<MediaSession>();
        var mixes = new List<MediaMix>();
        for (var done = 0; done < Sessions || open.Count > 0;)
        {
            if (done < Sessions && open.Count < 40)
            {
                // Loops that have no time give ports back later than signalling asks for new ones.
                Assert.True(Wait.Until(() => engine.PortsInUse < Ports / 2));
                var session = engine.Open(_ => { });
                Assert.NotNull(session);
                session.Expect(MediaSide.A, Policy(session, random));
                session.Expect(MediaSide.B, Policy(session, random));
                open.Add(session);
                done++;
            }

            for (var i = 0; i < Steps; i++)
                Step(engine, open[random.Next(open.Count)], mixes, things, random);

            // Closed at any moment, and used on afterwards by whoever has not heard of it.
            var last = open[random.Next(open.Count)];
            last.Close();
            Step(engine, last, mixes, things, random);
            last.Close();
            open.Remove(last);
            Step(engine, last, mixes, things, random);
        }

        foreach (var mix in mixes)
        {
            mix.Close();
            mix.Close();
        }

        // Sessions that never had a port, and mixes, are closed by their loops after the last port is back.
        Wait.Until(() => engine.PortsInUse == 0 && things.Open == 0 && engine.Ticks.All(tick => (tick.NextDeadline, tick.ActiveLines) == (Moment.Never, 0))
            && engine.Loops.All(loop => (loop.Wheel.Count, loop.Served) == (0, 0)) && mixes.TrueForAll(mix => mix.Members == 0));
        var totals = engine.Totals();
        Assert.Equal((0L, 0L), (totals.Failures, totals.PortsExhausted));
        Assert.All(engine.Ticks, tick => Assert.Equal(0L, tick.Failures));
        Assert.Equal((0, 0, 0), (engine.PortsInUse, engine.Sessions, engine.Loads.Sum()));
        Assert.Equal((0, 0), (things.Open, things.DisposedTwice));
        Assert.All(engine.Ticks, tick => Assert.Equal((Moment.Never, 0), (tick.NextDeadline, tick.ActiveLines)));
        Assert.All(engine.Loops, loop => Assert.Equal((0, 0), (loop.Wheel.Count, loop.Served)));
        Assert.All(mixes, mix => Assert.Equal(0, mix.Members));
        Assert.InRange(engine.Pool.OpenIdle, 0, options.WarmSockets);
    }

    [Fact]
    public void A_fault_of_who_listens_ends_neither_the_loop_nor_the_session()
    {
        var options = new MediaOptions { RtpPort = FirstPort, RtpPortMax = FirstPort + Ports - 1, Shards = 2, PortQuarantine = TimeSpan.Zero };
        using var engine = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        using var a = new Phone();
        using var b = new Phone();
        var mix = engine.OpenMix(new MixOptions(), _ => throw new InvalidOperationException("a fault"));
        var session = engine.Open(_ => { })!;
        var offer = session.Offer(MediaSide.A, a.Sdp());
        var answer = session.Answer(MediaSide.B, b.Sdp());
        session.Audio.Join(MediaSide.A, mix);
        session.MoveTo(engine.Loops.First(loop => !ReferenceEquals(loop, mix.Loop)));
        session.MoveTo(mix.Loop);
        Assert.True(Wait.Until(() => engine.Totals().Failures == 1 && mix.Members == 0));

        // The loop that met the fault serves on; what comes before the session is a relay again is made anew, or heard and not passed on: the phone speaks on. Where a
        // tick came before the session left the mix, B was sent silence of ours, and what is relayed is numbered behind it.
        ushort sequence = 0;
        Assert.True(Wait.Until(() =>
        {
            a.Send(Phone.Packet(++sequence), Phone.PortOf(answer.Sdp));
            return Phone.Receive(b.Rtp, 1_000) is { } packet && packet.AsSpan(8).SequenceEqual(Phone.Packet(sequence).AsSpan(8));
        }));
        Assert.Equal(1, engine.Totals().Failures);
        session.Close();
        Wait.Until(() => engine.PortsInUse == 0);
        Assert.Equal((0, 0), (engine.PortsInUse, engine.Loads.Sum()));
    }

    private static LegPolicy Policy(MediaSession session, Random random) => session.DefaultPolicy with
    {
        Srtp = (SrtpPolicy)random.Next(4),
        IsBrowser = random.Next(4) == 0,
        OffersKeys = random.Next(2) == 0,
        PlaysOnHold = random.Next(2) == 0,
    };

    private static ReadOnlyMemory<byte> Sdp(Random random) => Encoding.ASCII.GetBytes(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 " + (random.Next(8) == 0 ? "0.0.0.0" : "127.0.0.1") + "\r\nt=0 0\r\n"
        + (random.Next(2) == 0 ? "a=group:BUNDLE 0 1\r\n" : "") + Bodies[random.Next(Bodies.Length)]);

    private static void Step(MediaEngine engine, MediaSession session, List<MediaMix> mixes, Things things, Random random)
    {
        var side = (MediaSide)random.Next(2);
        switch (random.Next(20))
        {
            case <= 3:
                session.Offer(side, Sdp(random));
                break;
            case <= 7:
                session.Answer(side, Sdp(random));
                break;
            case 8:
                session.Accept(side, Sdp(random));
                break;
            case 9:
                session.Create(side);
                break;
            case 10:
                session.AbandonOffer();
                break;
            case 11:
                session.OpenOffer(side);
                break;
            case 12:
                session.Leave(side);
                break;
            case 13 when random.Next(2) == 0:
                session.MoveTo(engine.Loops[random.Next(engine.Loops.Count)]);
                break;
            case 13:
                // As a loop that is full does, from a thread of its own.
                ThreadPool.UnsafeQueueUserWorkItem(static given => given.session.TryGiveTo(given.loop), (session, loop: engine.Loops[random.Next(engine.Loops.Count)]), preferLocal: false);
                break;
            case 14:
                session.Audio.Play(side, new Source(things, random.Next(3)), (PlayMode)random.Next(3));
                break;
            case 15:
                session.Audio.Tap(random.Next(3) == 0 ? null : side, new Tap(things));
                break;
            case 16 when mixes.Count < 60 && random.Next(3) == 0:
                mixes.Add(engine.OpenMix(new MixOptions { MaxMembers = 1 + random.Next(6), MaxSampleRate = 48000 }, _ => { }));
                break;
            case 16 or 17 when mixes.Count > 0:
                var mix = mixes[random.Next(mixes.Count)];
                session.Audio.Join(side, mix);
                if (random.Next(4) == 0)
                    mix.Attach(new Source(things, 2));
                if (random.Next(4) == 0)
                    mix.Tap(new Tap(things));
                if (random.Next(8) == 0)
                    mix.Close();
                break;
            case 18:
                session.Audio.Leave(side);
                session.Audio.Echo(side, random.Next(2) == 0);
                break;
            case 19:
                session.Audio.SendDtmf(side, "12#");
                session.Audio.SetGain(side, 3);
                session.Streams();
                session.From(side);
                break;
        }
    }

    private sealed class Things
    {
        private int _open;
        private int _disposedTwice;

        public int Open => Volatile.Read(ref _open);

        public int DisposedTwice => Volatile.Read(ref _disposedTwice);

        public void Made() => Interlocked.Increment(ref _open);

        public void Disposed(int times)
        {
            Interlocked.Decrement(ref _open);
            if (times > 1)
                Interlocked.Increment(ref _disposedTwice);
        }
    }

    private sealed class Source : IAudioSource
    {
        private readonly Things _things;
        private int _ticks;
        private int _disposals;

        public Source(Things things, int length)
        {
            (_things, _ticks) = (things, length == 2 ? int.MaxValue : length * 3);
            things.Made();
        }

        public int SampleRate => 48000;

        public int Read(Span<short> samples)
        {
            samples.Fill(1000);
            return _ticks-- > 0 ? samples.Length : 0;
        }

        public void Dispose() => _things.Disposed(Interlocked.Increment(ref _disposals));
    }

    private sealed class Tap : IAudioTap
    {
        private readonly Things _things;
        private int _disposals;

        public Tap(Things things)
        {
            _things = things;
            things.Made();
        }

        public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at)
        {
            if (!b.IsEmpty && a.Length != b.Length)
                throw new InvalidOperationException("channels of different length");
        }

        public void Dispose() => _things.Disposed(Interlocked.Increment(ref _disposals));
    }
}
