using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Media;
using Tandem.Calls.Tenants;
using Tandem.Media.Playback;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Media;

/// <summary>Holds over the real engine: who holds whom, and what is heard meanwhile.</summary>
public sealed class EngineMediaHoldTests : EngineMediaFixture
{
    private static readonly int FirstPort = UdpPorts.Range(64);

    public EngineMediaHoldTests()
        : base(FirstPort)
    {
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
        var service = new EngineMediaService(Engine, Clock, sounds, "lobby");
        using var callee = Phone(out var calleePort);
        var session = service.Open(Call, new TenantId(tenant), _ => { })!;
        session.Expect(CallSide.Caller, Peer);
        session.Expect(CallSide.Callee, Peer);
        Assert.True(session.Offer(CallSide.Caller, Sdp(23702, "a=sendonly\r\n")).IsAccepted);
        Assert.True(session.Answer(CallSide.Callee, Sdp(calleePort, "a=recvonly\r\n")).IsAccepted);

        // Only the other tenant has the list: its calls have music, ours have none and send no sound.
        var packet = new byte[400];
        var heard = false;
        for (var i = 0; i < (isLoud ? 3_000 : 20) && !heard && callee.Poll(isLoud ? Patience : 100_000, SelectMode.SelectRead); i++)
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
        var service = new EngineMediaService(Engine, Clock, sounds, "default");
        using var caller = Phone(out var callerPort);
        using var callee = Phone(out var calleePort);
        var calleeSdp = Sdp(calleePort);
        var session = service.Open(Call, TenantId.Default, _ => { })!;
        session.Expect(CallSide.Caller, Peer);
        session.Expect(CallSide.Callee, Peer);
        Assert.True(session.Offer(CallSide.Caller, Sdp(callerPort)).IsAccepted);
        Assert.True(session.Answer(CallSide.Callee, calleeSdp).IsAccepted);
        Assert.False(callee.Poll(200_000, SelectMode.SelectRead));

        var offer = session.Offer(CallSide.Caller, Sdp(callerPort, hold));
        Assert.Contains("a=sendonly", Encoding.ASCII.GetString(offer.Sdp.Span), StringComparison.Ordinal);
        var answer = session.Answer(CallSide.Callee, Sdp(calleePort, "a=recvonly\r\n"));
        Assert.Contains(hold == "a=inactive\r\n" ? "a=inactive" : "a=recvonly", Encoding.ASCII.GetString(answer.Sdp.Span), StringComparison.Ordinal);
        var packet = new byte[400];
        var isMusic = false;
        for (var i = 0; i < 3_000 && !isMusic; i++)
        {
            // Silence comes first, until the worker has read the music: how soon that is, the machine decides.
            Assert.True(callee.Poll(Patience, SelectMode.SelectRead));
            var length = callee.Receive(packet);
            isMusic = packet.AsSpan(12, length - 12).ContainsAnyExcept((byte)0xFF, (byte)0x7F);
        }

        Assert.True(isMusic);
        Assert.True(session.Offer(CallSide.Caller, Sdp(callerPort)).IsAccepted);
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
        while (!packet.AsSpan(8, 4).SequenceEqual<byte>([0, 0, 0, 77]));

        Assert.Equal(172, size);
        Assert.Equal(99, packet[20]);
        session.Close();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Holds_are_told_by_side()
    {
        var session = Service.Open(Call, TenantId.Default, _ => { })!;
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
        var session = Service.Open(Call, TenantId.Default, _ => { })!;
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
}
