using Tandem.Core.Time;
using Tandem.Media.Rtcp;
using Tandem.Media.Srtp;
using Tandem.Media.Transport;

namespace Tandem.Media.Relay;

/// <summary>
/// RTCP of a leg that ends here: our reports, made when they are due (RFC 3550 §6.3), and what the side reports about what we send.
/// Owned by the media loop.
/// </summary>
internal sealed class LineReports
{
    private readonly LineLeg _leg;
    private readonly RtcpSession _session;
    private readonly CallbackTimer _timer;
    private bool _runs;

    public LineReports(LineLeg leg, RtcpOptions options, byte[] cname, Random random)
    {
        _leg = leg;
        _session = new RtcpSession(options, leg.Statistics, cname, (uint)random.NextInt64(1, uint.MaxValue), random);
        _timer = new CallbackTimer(OnDue);
    }

    /// <summary>It has said BYE, or would have: who reports again begins anew.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What the side tells about our stream. Any thread may ask.</summary>
    public RtcpRemoteView Remote => _session.Remote;

    /// <summary>Begins, or goes on after a pause.</summary>
    public void Run(ISocketLoop loop)
    {
        if (_runs)
            return;

        _runs = true;
        if (_session.Deadline == Moment.Never)
            _session.Start(loop.Now);
        loop.Wheel.Schedule(_timer, _session.Deadline);
    }

    /// <summary>Reports nothing for a while: the two sides report to each other.</summary>
    public void Pause(ISocketLoop loop)
    {
        _runs = false;
        loop.Wheel.Cancel(_timer);
    }

    /// <summary>Says BYE when we said anything before.</summary>
    public void End(ISocketLoop loop)
    {
        if (_runs)
        {
            HasEnded = true;
            Span<byte> buffer = stackalloc byte[RtcpSession.MaxDatagramBytes + SrtpContext.MaxExpansion];
            if (_session.Leave(loop.Now, buffer[..RtcpSession.MaxDatagramBytes]) is var length and > 0)
                _leg.Transport?.SendRtcp(buffer, length);
        }

        Pause(loop);
    }

    public void Sent(uint ssrc, uint timestamp, int payload, int clockRate, Moment now) => _session.OnSent(ssrc, timestamp, payload, clockRate, now);

    public void Received(uint ssrc, Moment now) => _session.OnReceived(ssrc, now);

    public void Take(ReadOnlySpan<byte> compound, ISocketLoop loop)
    {
        _session.Receive(compound, loop.Now);
        if (_runs)
            loop.Wheel.Schedule(_timer, _session.Deadline);
    }

    private void OnDue(Moment now)
    {
        if (_leg.Transport is not { } transport)
            return;

        Span<byte> buffer = stackalloc byte[RtcpSession.MaxDatagramBytes + SrtpContext.MaxExpansion];
        if (_session.OnDeadline(now, buffer[..RtcpSession.MaxDatagramBytes]) is var length and > 0)
            transport.SendRtcp(buffer, length);
        transport.Loop.Wheel.Schedule(_timer, _session.Deadline);
    }
}
