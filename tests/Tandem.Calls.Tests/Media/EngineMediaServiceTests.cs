using System.Net;
using System.Net.Sockets;
using Tandem.Calls.Calls;
using Tandem.Calls.Media;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Media;

/// <summary>The adapter over the real engine.</summary>
public sealed class EngineMediaServiceTests : EngineMediaFixture
{
    private static readonly int FirstPort = UdpPorts.Range(64);

    public EngineMediaServiceTests()
        : base(FirstPort)
    {
    }

    [Fact]
    public void A_full_mix_says_so_at_once_and_has_a_place_again_when_somebody_goes()
    {
        var service = new EngineMediaService(Engine, Clock, mixes: new MixOptions { MaxMembers = 2 });
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
        WaitUntil(() => Service.PortsInUse == 0);
    }

    [Fact]
    public async Task One_more_than_may_hear_a_call_from_outside_is_refused_and_the_others_go_on()
    {
        var session = Service.Open(Call, TenantId.Default, _ => { })!;
        Assert.Null(session.Sound.Fork(10));
        Assert.True(session.Accept(CallSide.Caller, Sdp(23700)).IsAccepted);
        var forks = Enumerable.Range(0, 5).Select(_ => session.Sound.Fork(10)!).ToList();
        var begun = await Task.WhenAll(forks.Select(fork => fork.Begun)).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([true, true, true, true, false], begun);
        Assert.Equal([false, false, false, false, true], forks.Select(fork => fork.IsOver));

        forks[0].Stop();
        var next = session.Sound.Fork(10)!;
        Assert.True(await next.Begun.WaitAsync(TestContext.Current.CancellationToken));
        session.Close();
        WaitUntil(() => next.IsOver);
    }

    [Fact]
    public void A_call_gets_its_media_and_its_figures()
    {
        using var caller = Phone(out var callerPort);
        using var callee = Phone(out var calleePort);

        var session = Service.Open(Call, TenantId.Default, _ => { })!;
        session.Expect(CallSide.Callee, Peer);
        Assert.Empty(session.Streams());
        Assert.Equal(DirectionStatistics.None, session.From(CallSide.Caller));
        var offer = session.Offer(CallSide.Caller, Sdp(callerPort));
        Assert.True(offer.IsAccepted);
        var answer = session.Answer(CallSide.Callee, Sdp(calleePort));
        Assert.True(answer.IsAccepted);
        Assert.NotEqual(PortOf(offer), PortOf(answer));
        Assert.Equal(4, Service.PortsInUse);

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
        WaitUntil(() => Service.PortsInUse == 0);
        Assert.Equal(4, Service.PortsInQuarantine);
    }

    [Fact]
    public void Refusals_keep_their_reason()
    {
        var session = Service.Open(Call, TenantId.Default, _ => { })!;
        Assert.Equal(MediaRefusal.WrongState, session.Answer(CallSide.Callee, Sdp(4000)).Refusal);
        var malformed = session.Offer(CallSide.Caller, "nonsense"u8.ToArray());
        Assert.Equal((MediaRefusal.Malformed, "line 1 of the SDP is not of the form x=value"), (malformed.Refusal, malformed.Text));
        Assert.Equal(MediaRefusal.NotAcceptable, session.Offer(CallSide.Caller, Sdp(0)).Refusal);
        Assert.True(session.Offer(CallSide.Caller, Sdp(4000)).IsAccepted);
        session.Close();
        Assert.Equal(MediaRefusal.WrongState, session.Offer(CallSide.Caller, Sdp(4000)).Refusal);
        Assert.Equal(0, Service.PortsInUse);
    }

    [Fact]
    public void Without_ports_there_is_a_refusal_and_with_them_given_back_there_is_media()
    {
        var sessions = new List<IMediaSession>();
        while (true)
        {
            var session = Service.Open(Call, TenantId.Default, _ => { })!;
            sessions.Add(session);
            if (!session.Offer(CallSide.Caller, Sdp(4000)).IsAccepted)
                break;
        }

        Assert.Equal(17, sessions.Count);
        Assert.Equal(MediaRefusal.NoPorts, sessions[^1].Offer(CallSide.Caller, Sdp(4000)).Refusal);
        Assert.Equal(64, Service.PortsInUse);
        foreach (var session in sessions)
            session.Close();
        Assert.Equal((0, 64), (Service.PortsInUse, Service.PortsInQuarantine));
    }

    [Fact]
    public void The_exchange_is_no_side() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Service.Open(Call, TenantId.Default, _ => { })!.Offer(CallSide.Exchange, Sdp(4000)));
}
