using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Media.Tests.Audio;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>Sound of the engine over real sockets: sessions of different loops in one mix, prompts, and their end.</summary>
public sealed class MediaEngineSoundTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sessions_of_all_loops_meet_in_a_mix_and_hear_a_prompt(bool epoll)
    {
        var first = UdpPorts.Range(40);
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 39, Shards = 2, UseEpoll = epoll };
        using var engine = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        var events = new System.Collections.Concurrent.ConcurrentQueue<MediaEvent>();
        var mix = engine.OpenMix(new MixOptions(), events.Enqueue);
        var phones = new[] { 500, 900, 1400 }.Select(hertz => new Talker(engine, hertz, events.Enqueue)).ToList();
        var members = phones.Select(p => p.Session.Audio.Join(MediaSide.A, mix)).ToList();
        var source = new ToneSource(2000, 400);
        phones[0].Session.Audio.Play(MediaSide.A, source, PlayMode.Mix);

        // Real time: on a loaded machine it takes as long as it takes.
        var deadline = Environment.TickCount64 + 60_000;
        while (Environment.TickCount64 < deadline && !phones.TrueForAll(p => phones.TrueForAll(o => ReferenceEquals(o, p) || p.Hears(o.Hertz))))
        {
            foreach (var phone in phones)
                phone.Speak();
            foreach (var phone in phones)
                phone.Listen(5);
        }

        Assert.All(phones, p => Assert.All(phones, o => Assert.Equal(!ReferenceEquals(o, p), p.Hears(o.Hertz))));
        Assert.Equal(3, mix.Members);
        foreach (var phone in phones)
            phone.Session.Close();
        mix.Close();

        // The source is disposed of before its end is told.
        Wait.Until(() => events.OfType<MemberLeft>().Count() == 3 && events.OfType<PlaybackEnded>().Any());

        Assert.Equal(members.Select(m => m.Value).Order(), events.OfType<MemberLeft>().Select(e => e.Member.Value).Order());
        Assert.Equal((1, 1), (source.Disposed, events.OfType<PlaybackEnded>().Count()));
        Assert.Equal(0, engine.Ticks.Sum(t => t.Failures));
        Assert.Equal(0, engine.Totals().Failures);
        foreach (var phone in phones)
            phone.Dispose();
    }

    // A room each on a loop of its own: the session goes from loop to loop while it talks.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_goes_to_another_mix_hears_and_is_heard_there(bool epoll)
    {
        var first = UdpPorts.Range(40);
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 39, Shards = 2, UseEpoll = epoll };
        using var engine = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        var mixes = new[] { engine.OpenMix(new MixOptions(), _ => { }), engine.OpenMix(new MixOptions(), _ => { }) };
        var phones = new[] { 500, 900, 1400 }.Select(hertz => new Talker(engine, hertz, _ => { })).ToList();
        var (stays, goes, waits) = (phones[0], phones[1], phones[2]);
        stays.Session.Audio.Join(MediaSide.A, mixes[0]);
        goes.Session.Audio.Join(MediaSide.A, mixes[0]);
        waits.Session.Audio.Join(MediaSide.A, mixes[1]);
        TalkUntil(phones, () => stays.Hears(900) && goes.Hears(500));

        goes.Session.Audio.Leave(MediaSide.A);
        goes.Session.Audio.Join(MediaSide.A, mixes[1]);
        TalkUntil(phones, () => waits.Hears(900) && goes.Hears(1400) && !goes.Hears(500) && !stays.Hears(900));
        Assert.Equal((1, 2), (mixes[0].Members, mixes[1].Members));
        foreach (var phone in phones)
            phone.Dispose();
    }

    // The session is in the queue of the loop before the mix is: who opens a room is in it all the same.
    [Fact]
    public void Who_opens_a_mix_on_his_own_loop_is_in_it()
    {
        var first = UdpPorts.Range(200);
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 199, Shards = 1 };
        using var engine = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        var opened = new List<(Talker Phone, MediaMix Mix)>();
        for (var i = 0; i < 40; i++)
        {
            var phone = new Talker(engine, 500, _ => { });
            var mix = engine.OpenMix(new MixOptions(), _ => { });
            phone.Session.Audio.Join(MediaSide.A, mix);
            opened.Add((phone, mix));
        }

        TalkUntil([opened[0].Phone], () => opened.TrueForAll(o => o.Mix.Members == 1));
        foreach (var (phone, mix) in opened)
        {
            mix.Close();
            phone.Dispose();
        }
    }

    private static void TalkUntil(List<Talker> phones, Func<bool> isSo)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 < deadline, string.Join("; ", phones.Select(p => $"{p.Hertz} hears {string.Join(", ", phones.Select(o => o.Hertz).Where(p.Hears))}")));
            foreach (var phone in phones)
                phone.Speak();
            foreach (var phone in phones)
                phone.Listen(5);
        }
    }

    /// <summary>A phone on a socket of its own that speaks a tone in G.711.</summary>
    private sealed class Talker : IDisposable
    {
        private readonly Phone _phone = new();
        private readonly IAudioEncoder _encoder = CodecCatalog.CreateEncoder(Tones.Pcmu, 20);
        private readonly IAudioDecoder _decoder = CodecCatalog.CreateDecoder(Tones.Pcmu);
        private readonly List<short> _heard = [];
        private readonly int _port;
        private ushort _sequence;
        private long _next;

        public Talker(MediaEngine engine, int hertz, Action<MediaEvent> events)
        {
            Hertz = hertz;
            Session = engine.Open(events)!;
            var answer = Session.Accept(MediaSide.A, _phone.Sdp());
            Assert.True(answer.IsAccepted, answer.Text);
            _port = Phone.PortOf(answer.Sdp);
        }

        public int Hertz { get; }

        public MediaSession Session { get; }

        public bool Hears(int hertz) => Tones.Level(new Testing.Audio.WavFile(8000, [.. _heard.TakeLast(2400)]), hertz) > -30;

        public void Speak()
        {
            if (Environment.TickCount64 < _next)
                return;

            _next = Environment.TickCount64 + 20;
            var samples = new short[160];
            for (var i = 0; i < samples.Length; i++)
                samples[i] = (short)(6000 * Math.Sin(2 * Math.PI * Hertz * ((_sequence * 160) + i) / 8000));
            var packet = Phone.Packet(_sequence++, (uint)Hertz);
            _encoder.Encode(samples, packet.AsSpan(12));
            _phone.Send(packet, _port);
        }

        public void Listen(int milliseconds)
        {
            while (Phone.Receive(_phone.Rtp, milliseconds) is { Length: 172 } packet)
            {
                var samples = new short[160];
                _decoder.Decode(packet.AsSpan(12), samples);
                _heard.AddRange(samples);
                milliseconds = 0;
            }
        }

        public void Dispose()
        {
            _phone.Dispose();
            _encoder.Dispose();
            _decoder.Dispose();
        }
    }
}
