using System.Net;
using System.Net.Sockets;
using Tandem.Core.Time;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>Calls that come and go on several threads while packets flow.</summary>
public sealed class MediaEngineChurnTests
{
    private static readonly int FirstPort = UdpPorts.Range(200);

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 64)]
    [InlineData(false, 64)]
    public async Task Nothing_is_left_behind_and_no_packet_reaches_another_call(bool epoll, int warm)
    {
        const int Threads = 4;
        const int Calls = 60;
        var options = new MediaOptions
        {
            RtpPort = FirstPort,
            RtpPortMax = FirstPort + 199,
            Shards = 2,
            UseEpoll = epoll,
            WarmSockets = warm,
            PortQuarantine = TimeSpan.Zero,
        };
        using var relay = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(() => Thread(relay, (uint)t, Calls))));

        Wait.Until(() => relay.PortsInUse == 0);
        var totals = relay.Totals();
        Assert.Equal((0, 0, 0), (relay.PortsInUse, relay.Sessions, relay.Loads.Sum()));
        Assert.Equal((0L, 0L, 0L), (totals.Failures, totals.ReceiveErrors, totals.SendErrors));
        Assert.True(totals.RtpRelayed >= Threads * Calls * 2);
        Assert.InRange(relay.Pool.OpenIdle, 0, warm);
    }

    private static void Thread(MediaEngine relay, uint thread, int calls)
    {
        using var a = new Phone();
        using var b = new Phone();
        for (var call = 0; call < calls; call++)
        {
            var ssrc = (thread << 16) | (uint)call;
            var mux = call % 3 == 0 ? "a=rtcp-mux\r\n" : "";
            var session = relay.Open(_ => { })!;
            var offer = session.Offer(MediaSide.A, a.Sdp(mux));
            Assert.True(offer.IsAccepted, offer.Text);
            if (call % 7 == 0)
            {
                // Refused before any answer.
                session.AbandonOffer();
                offer = session.Offer(MediaSide.A, a.Sdp(mux));
            }

            var answer = session.Answer(MediaSide.B, b.Sdp(mux));
            Assert.True(answer.IsAccepted, answer.Text);
            Exchange(a.Rtp, Phone.PortOf(answer.Sdp), b.Rtp, ssrc);
            if (call % 5 == 0)
            {
                var again = session.Offer(MediaSide.B, b.Sdp());
                Assert.True(again.IsAccepted, again.Text);
                again = session.Answer(MediaSide.A, a.Sdp());
                Assert.True(again.IsAccepted, again.Text);
            }

            Exchange(b.Rtp, Phone.PortOf(offer.Sdp), a.Rtp, ssrc);
            session.Close();
        }
    }

    // What arrives is what was sent in this call: a port that was used before brings nothing of its last call.
    private static void Exchange(Socket from, int port, Socket to, uint ssrc)
    {
        var packet = Phone.Packet(1, ssrc);
        from.SendTo(packet, new IPEndPoint(IPAddress.Loopback, port));
        Assert.Equal(packet, Phone.Receive(to));
    }
}
