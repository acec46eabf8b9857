using Tandem.Core.Time;
using Tandem.Media.Plan;

namespace Tandem.Media.Relay;

/// <summary>
/// The packet side of one session: its streams, and the watch for a side that fell silent. Sans-IO, owned by one media loop, whose
/// timer wheel it uses.
/// </summary>
public sealed class RelayCore
{
    private readonly MediaOptions _options;
    private readonly TimerWheel _wheel;
    private readonly Action<MediaSide> _silent;
    private readonly CallbackTimer _watch;
    private readonly Moment[] _since = new Moment[2];
    private readonly bool[] _reported = new bool[2];
    private RelayStream[] _streams = [];

    /// <param name="options">Times and policies.</param>
    /// <param name="wheel">The loop's timers.</param>
    /// <param name="silent">Called on the loop, once a side for each plan, when it should send and did not for the media timeout.</param>
    public RelayCore(MediaOptions options, TimerWheel wheel, Action<MediaSide> silent)
    {
        _options = options;
        _wheel = wheel;
        _silent = silent;
        _watch = new CallbackTimer(Watch);
    }

    /// <summary>The streams by media line. A line keeps its stream, and thereby its counters and latches, for the whole session.</summary>
    public IReadOnlyList<RelayStream> Streams => Volatile.Read(ref _streams);

    /// <summary>Puts a plan in force, between two packets.</summary>
    public void Apply(MediaPlan plan, Moment now)
    {
        var streams = _streams;
        if (plan.Lines.Count > streams.Length)
        {
            var more = new RelayStream[plan.Lines.Count];
            streams.CopyTo(more, 0);
            for (var i = streams.Length; i < more.Length; i++)
                more[i] = new RelayStream(_options);
            Volatile.Write(ref _streams, more);
            streams = more;
        }

        for (var i = 0; i < streams.Length; i++)
            streams[i].Apply(i < plan.Lines.Count ? plan.Lines[i] : null, plan.Transport(i, MediaSide.A), plan.Transport(i, MediaSide.B), now);

        _since.AsSpan().Fill(now);
        _reported.AsSpan().Clear();
        Schedule();
    }

    /// <summary>Stops the watch and every stream.</summary>
    public void Stop(Moment now)
    {
        _wheel.Cancel(_watch);
        foreach (var stream in _streams)
            stream.Apply(null, null, null, now);
    }

    private void Watch(Moment now)
    {
        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            if (DeadlineOf(side) > now)
                continue;

            _reported[(int)side] = true;
            _silent(side);
        }

        Schedule();
    }

    private void Schedule() => _wheel.Schedule(_watch, Moment.Earlier(DeadlineOf(MediaSide.A), DeadlineOf(MediaSide.B)));

    // RTP or RTCP on any line of the side counts as life.
    private Moment DeadlineOf(MediaSide side)
    {
        if (_reported[(int)side] || _options.MediaTimeout == TimeSpan.Zero)
            return Moment.Never;

        var expected = false;
        var last = _since[(int)side];
        foreach (var stream in _streams)
        {
            expected |= stream.Plan?[side]?.Sends == true;
            if (stream[side].Statistics.LastSeen is { } seen && seen > last)
                last = seen;
        }

        return expected ? last + _options.MediaTimeout : Moment.Never;
    }
}
