using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Calls.Calls;
using Tandem.Calls.Media;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Media.Playback;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Media;

/// <summary>The adapter over the real engine.</summary>
public sealed class EngineMediaServiceTests : IDisposable
{
    // How long a packet may take, in microseconds: bounds what is broken, not what is slow.
    private const int Patience = 60_000_000;

    private static readonly CallId Call = new("01JD0000000000000000000000");

    // The tests of a class run one after the other, and each engine gives its ports back.
    private static readonly int FirstPort = UdpPorts.Range(64);

    private readonly Clock _clock = new(TimeProvider.System);
    private readonly MediaEngine _engine;
    private readonly EngineMediaService _service;

    public EngineMediaServiceTests()
    {
        _engine = new MediaEngine(new MediaOptions { RtpPort = FirstPort, RtpPortMax = FirstPort + 63, Shards = 1 }, _clock, new Random(1));
        _service = new EngineMediaService(_engine, _clock);
    }

    public void Dispose() => _engine.Dispose();

    private static byte[] Sdp(int port, string attributes = "") => Encoding.ASCII.GetBytes(
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n{attributes}");

    private static int PortOf(MediaResult result) => int.Parse(Regex.Match(Encoding.ASCII.GetString(result.Sdp.Span), @"m=audio (\d+)").Groups[1].Value);

    private static void WaitUntil(Func<bool> condition) => Assert.True(Wait.Until(condition));

    [Fact]
    public void A_full_mix_says_so_at_once_and_has_a_place_again_when_somebody_goes()
    {
        var service = new EngineMediaService(_engine, _clock, mixes: new MixOptions { MaxMembers = 2 });
        var left = new List<MemberId>();
        var mix = service.OpenMix(TenantId.Default, happened =>
        {
            lock (left)
                left.AddRange(happened is MemberLeft gone ? [gone.Member] : Array.Empty<MemberId>());
        })!;
        var sessions = Enumerable.Range(0, 3).Select(_ => service.Open(Call, TenantId.Default, _ => { })!).ToList();
        foreach (var session in sessions)
            Assert.True(session.Accept(CallSide.Caller, Sdp(23700)).IsAccepted);

        // All at once: the loop has not counted anybody yet.
        var first = mix.Join(sessions[0], CallSide.Caller, MixSeat.Default);
        Assert.NotNull(mix.Join(sessions[1], CallSide.Caller, MixSeat.Default));
        Assert.Null(mix.Join(sessions[2], CallSide.Caller, MixSeat.Default));
        mix.Leave(sessions[0], CallSide.Caller);
        Assert.NotNull(mix.Join(sessions[2], CallSide.Caller, MixSeat.Default));
        WaitUntil(() => { lock (left) return left.Count == 1; });
        Assert.Equal([first!.Value], left);
        foreach (var session in sessions)
            session.Close();
        mix.Close();
        WaitUntil(() => _service.PortsInUse == 0);
    }

    [Fact]
    public void A_call_gets_its_media_and_its_figures()
    {
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var callee = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        caller.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        callee.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var callerPort = ((IPEndPoint)caller.LocalEndPoint!).Port;
        var calleePort = ((IPEndPoint)callee.LocalEndPoint!).Port;

        var session = _service.Open(Call, TenantId.Default, _ => { })!;
        session.Expect(CallSide.Callee, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        Assert.Empty(session.Streams());
        Assert.Equal(DirectionStatistics.None, session.From(CallSide.Caller));
        var offer = session.Offer(CallSide.Caller, Sdp(callerPort));
        Assert.True(offer.IsAccepted);
        var answer = session.Answer(CallSide.Callee, Sdp(calleePort));
        Assert.True(answer.IsAccepted);
        Assert.NotEqual(PortOf(offer), PortOf(answer));
        Assert.Equal(4, _service.PortsInUse);

        var packet = new byte[172];
        packet[0] = 0x80;
        caller.SendTo(packet, new IPEndPoint(IPAddress.Loopback, PortOf(answer)));
        Assert.True(callee.Poll(Patience, SelectMode.SelectRead));
        var received = new byte[200];
        Assert.Equal(172, callee.Receive(received));

        var statistics = session.From(CallSide.Caller);
        Assert.Equal((1L, 172L, 0L), (statistics.Packets, statistics.Bytes, statistics.Lost));
        Assert.InRange(statistics.LastSeen!.Value, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddSeconds(1));
        var stream = Assert.Single(session.Streams());
        Assert.Equal(
            ("audio", "127.0.0.1", callerPort, "127.0.0.1", calleePort),
            (stream.Kind, stream.CallerAddress, stream.CallerPort, stream.CalleeAddress, stream.CalleePort));
        Assert.Equal(1, stream.FromCaller.Packets);
        Assert.Equal(0, stream.FromCallee.Packets);
        Assert.Equal(("PCMU", 0.0), (statistics.Codec, statistics.LossPercent));
        Assert.InRange(statistics.Mos!.Value, 4.3, 4.42);

        // Without telephone events tones are looked for, so that the sound is decoded, and the delay is that of the buffer from the first tick on.
        Assert.Equal("PCMU", stream.FromCaller.Codec);
        Assert.InRange(stream.FromCaller.Mos!.Value, 4.3, 4.42);
        Assert.Equal(("", null, null), (stream.FromCallee.Codec, stream.FromCallee.Mos, stream.FromCallee.RoundTripMilliseconds));

        session.Close();
        session.Close();
        WaitUntil(() => _service.PortsInUse == 0);
        Assert.Equal(4, _service.PortsInQuarantine);
    }

    // What a tenant has uploaded is heard by who is held in a call of that tenant, and by nobody else.
    [Theory]
    [InlineData("acme", true)]
    [InlineData("default", false)]
    public async Task Who_is_held_hears_the_music_of_the_tenant(string tenant, bool isLoud)
    {
        var folder = Directory.CreateTempSubdirectory("tandem-music-");
        using var sounds = new SoundLibrary(folder.FullName, new PlaybackOptions(), TimeProvider.System);
        await sounds.Store.SaveMusicAsync("acme", "lobby", "tone", new MemoryStream(Tone()), TestContext.Current.CancellationToken);
        var service = new EngineMediaService(_engine, _clock, sounds, "lobby");
        using var callee = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        callee.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)callee.LocalEndPoint!).Port;
        var session = service.Open(Call, new TenantId(tenant), _ => { })!;
        session.Expect(CallSide.Caller, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        session.Expect(CallSide.Callee, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        Assert.True(session.Offer(CallSide.Caller, Sdp(23702, "a=sendonly\r\n")).IsAccepted);
        Assert.True(session.Answer(CallSide.Callee, Sdp(port, "a=recvonly\r\n")).IsAccepted);

        // Only the other tenant has the list: its calls have music, ours have none and send no sound.
        var packet = new byte[400];
        var heard = false;
        for (var i = 0; i < (isLoud ? 1_500 : 20) && !heard && callee.Poll(isLoud ? 5_000_000 : 100_000, SelectMode.SelectRead); i++)
        {
            var length = callee.Receive(packet);
            heard = packet.AsSpan(12, length - 12).ContainsAnyExcept((byte)0xFF, (byte)0x7F);
        }

        Assert.Equal(isLoud, heard);
        session.Close();
        folder.Delete(recursive: true);

        static byte[] Tone()
        {
            var wav = new byte[44 + 16_000];
            "RIFF"u8.CopyTo(wav);
            BitConverter.TryWriteBytes(wav.AsSpan(4), wav.Length - 8);
            "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
            BitConverter.TryWriteBytes(wav.AsSpan(16), 16);
            BitConverter.TryWriteBytes(wav.AsSpan(20), (1 << 16) | 1);
            BitConverter.TryWriteBytes(wav.AsSpan(24), 8_000);
            BitConverter.TryWriteBytes(wav.AsSpan(28), 16_000);
            BitConverter.TryWriteBytes(wav.AsSpan(32), (16 << 16) | 2);
            "data"u8.CopyTo(wav.AsSpan(36));
            BitConverter.TryWriteBytes(wav.AsSpan(40), 16_000);
            for (var i = 0; i < 8_000; i++)
                BitConverter.TryWriteBytes(wav.AsSpan(44 + (i * 2)), (short)(8_000 * Math.Sin(i * 0.4)));
            return wav;
        }
    }

    // RFC 3264 §8.4: the holder sends nothing, the held phone listens. Music comes from here, and ends with the hold.
    [Theory]
    [InlineData("a=sendonly\r\n")]
    [InlineData("a=inactive\r\n")]
    public void Who_is_held_hears_music_until_it_is_taken_back(string hold)
    {
        var folder = Directory.CreateTempSubdirectory("tandem-music-");
        using var sounds = new SoundLibrary(folder.FullName, new PlaybackOptions(), TimeProvider.System);
        var service = new EngineMediaService(_engine, _clock, sounds, "default");
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var callee = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        caller.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        callee.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)caller.LocalEndPoint!).Port;
        var calleeSdp = Sdp(((IPEndPoint)callee.LocalEndPoint!).Port);
        var session = service.Open(Call, TenantId.Default, _ => { })!;
        session.Expect(CallSide.Caller, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        session.Expect(CallSide.Callee, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        Assert.True(session.Offer(CallSide.Caller, Sdp(port)).IsAccepted);
        Assert.True(session.Answer(CallSide.Callee, calleeSdp).IsAccepted);
        Assert.False(callee.Poll(200_000, SelectMode.SelectRead));

        var offer = session.Offer(CallSide.Caller, Sdp(port, hold));
        Assert.Contains("a=sendonly", Encoding.ASCII.GetString(offer.Sdp.Span), StringComparison.Ordinal);
        var answer = session.Answer(CallSide.Callee, Sdp(((IPEndPoint)callee.LocalEndPoint!).Port, "a=recvonly\r\n"));
        Assert.Contains(hold == "a=inactive\r\n" ? "a=inactive" : "a=recvonly", Encoding.ASCII.GetString(answer.Sdp.Span), StringComparison.Ordinal);
        var packet = new byte[400];
        var isMusic = false;
        for (var i = 0; i < 1_500 && !isMusic; i++)
        {
            // Silence comes first, until the worker has read the music: how soon that is, the machine decides.
            Assert.True(callee.Poll(Patience, SelectMode.SelectRead));
            var length = callee.Receive(packet);
            isMusic = packet.AsSpan(12, length - 12).ContainsAnyExcept((byte)0xFF, (byte)0x7F);
        }

        Assert.True(isMusic);
        Assert.True(session.Offer(CallSide.Caller, Sdp(port)).IsAccepted);
        var resumed = session.Answer(CallSide.Callee, calleeSdp);
        WaitUntil(() =>
        {
            while (callee.Poll(0, SelectMode.SelectRead))
                callee.Receive(packet);
            return !callee.Poll(100_000, SelectMode.SelectRead);
        });

        // And what the caller says reaches the phone again.
        for (ushort i = 0; i < 10; i++)
        {
            var said = new byte[172];
            (said[0], said[3], said[7], said[11], said[20]) = (0x80, (byte)i, (byte)(i * 16), 77, 99);
            caller.SendTo(said, new IPEndPoint(IPAddress.Loopback, PortOf(resumed)));
        }

        // On a busy machine the last of the music may come only now.
        int size;
        do
        {
            Assert.True(callee.Poll(Patience, SelectMode.SelectRead));
            size = callee.Receive(packet);
        }
        while (packet[11] != 77);

        Assert.Equal(172, size);
        Assert.Equal(99, packet[20]);
        session.Close();
        folder.Delete(recursive: true);
    }

    // What a transfer does with its new session: the target answers an offer of the transferred phone's last SDP, and that phone gets the
    // answer as an offer. An attended one does it over two sessions, one for each shard.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transferred_phone_and_its_target_hear_each_other(bool overTwoShards)
    {
        using var transferee = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        transferee.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var transfereeSdp = Sdp(((IPEndPoint)transferee.LocalEndPoint!).Port);
        var targetSdp = Sdp(((IPEndPoint)target.LocalEndPoint!).Port);

        var near = _service.Open(Call, TenantId.Default, _ => { })!;
        near.Expect(CallSide.Caller, new MediaPeer(NetAddress.FromV4(0x7F000001, 5060)));
        var toTarget = near.Offer(CallSide.Caller, transfereeSdp);
        Assert.True(toTarget.IsAccepted);
        MediaResult fromTarget;
        var far = overTwoShards ? _service.Open(new CallId("01JD0000000000000000000001"), TenantId.Default, _ => { })! : near;
        if (overTwoShards)
        {
            toTarget = far.Offer(CallSide.Caller, toTarget.Sdp);
            Assert.True(toTarget.IsAccepted);
            fromTarget = far.Answer(CallSide.Callee, targetSdp);
            Assert.True(near.Answer(CallSide.Callee, fromTarget.Sdp).IsAccepted);
        }
        else
        {
            fromTarget = new MediaResult(targetSdp);
            Assert.True(near.Answer(CallSide.Callee, targetSdp).IsAccepted);
        }

        var toTransferee = near.Offer(CallSide.Callee, fromTarget.Sdp);
        Assert.True(toTransferee.IsAccepted);
        Assert.True(near.Answer(CallSide.Caller, transfereeSdp).IsAccepted);

        var packet = new byte[172];
        packet[0] = 0x80;
        transferee.SendTo(packet, new IPEndPoint(IPAddress.Loopback, PortOf(toTransferee)));
        Assert.True(target.Poll(Patience, SelectMode.SelectRead));
        target.Receive(packet);
        target.SendTo(packet, new IPEndPoint(IPAddress.Loopback, PortOf(toTarget)));
        Assert.True(transferee.Poll(Patience, SelectMode.SelectRead));
        near.Close();
        far.Close();
        WaitUntil(() => _service.PortsInUse == 0);
    }

    // RFC 3264 §8: the id of the origin stays, the version grows by one. So it must for a phone that a transfer brings to another call.
    [Fact]
    public void A_phone_that_comes_from_another_session_sees_the_same_origin()
    {
        var before = _service.Open(Call, TenantId.Default, _ => { })!;
        var first = Origin(before.Offer(CallSide.Caller, Sdp(4000)));
        before.Answer(CallSide.Callee, Sdp(4002));

        var after = _service.Open(new CallId("01JD0000000000000000000002"), TenantId.Default, _ => { })!;
        after.ContinueOrigin(CallSide.Caller, before, CallSide.Callee);
        var second = Origin(after.Offer(CallSide.Callee, Sdp(4004)));
        Assert.Equal(first[1], second[1]);
        Assert.Equal(long.Parse(first[2]) + 1, long.Parse(second[2]));

        // The transfer fails after all: the old session goes on from there.
        before.Offer(CallSide.Caller, Sdp(4006));
        before.AbandonOffer();
        var third = Origin(before.Offer(CallSide.Caller, Sdp(4000)));
        Assert.Equal(first[1], third[1]);
        Assert.True(long.Parse(third[2]) > long.Parse(second[2]));
        before.Close();
        after.Close();
    }

    [Fact]
    public void Holds_are_told_by_side()
    {
        var session = _service.Open(Call, TenantId.Default, _ => { })!;
        Assert.False(session.HoldsOther(CallSide.Caller));
        session.Offer(CallSide.Callee, Sdp(4000, "a=sendonly\r\n"));
        session.Answer(CallSide.Caller, Sdp(4002, "a=recvonly\r\n"));
        Assert.Equal((false, true), (session.HoldsOther(CallSide.Caller), session.HoldsOther(CallSide.Callee)));

        // A refused resume changes nothing.
        Assert.True(session.Offer(CallSide.Callee, Sdp(4000)).IsAccepted);
        session.AbandonOffer();
        Assert.True(session.HoldsOther(CallSide.Callee));
        session.Close();
    }

    // RFC 3264 §8.4: nobody is on the other side, and the exchange holds in its place.
    [Fact]
    public void The_exchange_holds_who_is_alone_with_it()
    {
        var session = _service.Open(Call, TenantId.Default, _ => { })!;
        session.Accept(CallSide.Caller, Sdp(4000));
        session.Hold(CallSide.Callee, true);
        Assert.Contains("a=sendonly", System.Text.Encoding.UTF8.GetString(session.Create(CallSide.Caller).Sdp.Span), StringComparison.Ordinal);
        Assert.True(session.Answer(CallSide.Caller, Sdp(4000, "a=recvonly\r\n")).IsAccepted);
        Assert.Equal((false, true), (session.HoldsOther(CallSide.Caller), session.HoldsOther(CallSide.Callee)));
        session.Hold(CallSide.Callee, false);
        session.Create(CallSide.Caller);
        Assert.True(session.Answer(CallSide.Caller, Sdp(4000)).IsAccepted);
        Assert.False(session.HoldsOther(CallSide.Callee));
        session.Close();
    }

    [Fact]
    public void Refusals_keep_their_reason()
    {
        var session = _service.Open(Call, TenantId.Default, _ => { })!;
        Assert.Equal(MediaRefusal.WrongState, session.Answer(CallSide.Callee, Sdp(4000)).Refusal);
        var malformed = session.Offer(CallSide.Caller, "nonsense"u8.ToArray());
        Assert.Equal((MediaRefusal.Malformed, "line 1 of the SDP is not of the form x=value"), (malformed.Refusal, malformed.Text));
        Assert.Equal(MediaRefusal.NotAcceptable, session.Offer(CallSide.Caller, Sdp(0)).Refusal);
        Assert.True(session.Offer(CallSide.Caller, Sdp(4000)).IsAccepted);
        session.Close();
        Assert.Equal(MediaRefusal.WrongState, session.Offer(CallSide.Caller, Sdp(4000)).Refusal);
        Assert.Equal(0, _service.PortsInUse);
    }

    [Fact]
    public void Without_ports_there_is_a_refusal_and_with_them_given_back_there_is_media()
    {
        var sessions = new List<IMediaSession>();
        while (true)
        {
            var session = _service.Open(Call, TenantId.Default, _ => { })!;
            sessions.Add(session);
            if (!session.Offer(CallSide.Caller, Sdp(4000)).IsAccepted)
                break;
        }

        Assert.Equal(17, sessions.Count);
        Assert.Equal(MediaRefusal.NoPorts, sessions[^1].Offer(CallSide.Caller, Sdp(4000)).Refusal);
        Assert.Equal(64, _service.PortsInUse);
        foreach (var session in sessions)
            session.Close();
        Assert.Equal((0, 64), (_service.PortsInUse, _service.PortsInQuarantine));
    }

    [Fact]
    public void The_exchange_is_no_side() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _service.Open(Call, TenantId.Default, _ => { })!.Offer(CallSide.Exchange, Sdp(4000)));

    private static string[] Origin(MediaResult result)
    {
        Assert.True(result.IsAccepted);
        var line = Encoding.UTF8.GetString(result.Sdp.Span).Split("\r\n").Single(l => l.StartsWith("o=", StringComparison.Ordinal));
        return line.Split(' ');
    }
}
