using Tandem.Core.Time;

namespace Tandem.Media.Tests;

/// <summary>A relay over real sockets on loopback. Ports 23000 and up are the relay's.</summary>
public abstract class EngineRig
{
    private static int _nextRange = 23000;

    private protected static MediaEngine Relay(bool epoll, Func<MediaOptions, MediaOptions>? change = null)
    {
        var first = Interlocked.Add(ref _nextRange, 24) - 24;
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 23, Shards = 2, UseEpoll = epoll };
        return new MediaEngine(change?.Invoke(options) ?? options, new Clock(TimeProvider.System), new Random(1));
    }

    private protected static (int ToB, int ToA) Connect(MediaSession session, Phone a, Phone b, string attributes = "")
    {
        var offer = session.Offer(MediaSide.A, a.Sdp(attributes));
        Assert.True(offer.IsAccepted, offer.Text);
        var answer = session.Answer(MediaSide.B, b.Sdp(attributes));
        Assert.True(answer.IsAccepted, answer.Text);
        return (Phone.PortOf(offer.Sdp), Phone.PortOf(answer.Sdp));
    }

    private protected static void WaitUntil(Func<bool> condition)
    {
        using var never = new ManualResetEventSlim();
        for (var i = 0; i < 400 && !condition(); i++)
            never.Wait(5);
        Assert.True(condition());
    }
}
