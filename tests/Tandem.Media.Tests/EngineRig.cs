using Tandem.Core.Time;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>A relay over real sockets on loopback.</summary>
public abstract class EngineRig
{
    private protected static MediaEngine Relay(bool epoll, Func<MediaOptions, MediaOptions>? change = null, TimeProvider? time = null)
    {
        var first = UdpPorts.Range(24);
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 23, Shards = 2, UseEpoll = epoll };
        return new MediaEngine(change?.Invoke(options) ?? options, new Clock(time ?? TimeProvider.System), new Random(1));
    }

    private protected static (int ToB, int ToA) Connect(MediaSession session, Phone a, Phone b, string attributes = "")
    {
        var offer = session.Offer(MediaSide.A, a.Sdp(attributes));
        Assert.True(offer.IsAccepted, offer.Text);
        var answer = session.Answer(MediaSide.B, b.Sdp(attributes));
        Assert.True(answer.IsAccepted, answer.Text);
        return (Phone.PortOf(offer.Sdp), Phone.PortOf(answer.Sdp));
    }

    private protected static void WaitUntil(Func<bool> condition) => Assert.True(Wait.Until(condition));
}
