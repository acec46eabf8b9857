using Tandem.Core.Time;
using Tandem.Media.Mixing;

namespace Tandem.Media.Audio;

/// <summary>
/// The clock of decoded sound on one media loop: every 20 ms all lines are read, all mixes added up, all sides written, in this order, so
/// that nothing waits a tick for something else. Deadlines are absolute: what a tick is late does not add up.
/// <para>A tick that comes late is made up for, but no two ticks come closer than 10 ms, so that nobody gets a burst; what is later than
/// <see cref="AudioOptions.MaxLateness"/> is left out, and timestamps say so.</para>
/// </summary>
public sealed class AudioTick
{
    /// <summary>The time of one tick.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private const int LongestFrame = 960;
    private const int PacketRoom = 2048;
    private static readonly TimeSpan LeastDistance = TimeSpan.FromMilliseconds(10);

    private readonly AudioOptions _options;
    private readonly List<LineAudio> _lines = [];
    private readonly List<MediaMix> _mixes = [];
    private readonly short[] _frame = new short[LongestFrame];
    private readonly short[] _scratch = new short[LongestFrame];
    private readonly short[] _mixed = new short[LongestFrame];
    private readonly byte[] _packet = new byte[PacketRoom];
    private Moment _next = Moment.Never;
    private Moment _deadline = Moment.Never;
    private long _failures;
    private long _skipped;
    private long _ticks;
    private int _active;

    public AudioTick(AudioOptions options)
    {
        _options = options;
        Noise = new LineNoise(options.ComfortLevelDb);
    }

    /// <summary>When <see cref="Tick"/> is to be called; never while there is nothing to do.</summary>
    public Moment NextDeadline => _next;

    /// <summary>How late ticks came, against their absolute deadlines. Any thread may read it.</summary>
    public LatenessHistogram Lateness { get; } = new();

    /// <summary>How long ticks took, as the loop measured. Any thread may read it.</summary>
    public LatenessHistogram Durations { get; } = new();

    /// <summary>Ticks so far. Any thread may read it.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    /// <summary>Ticks left out because the loop came too late. Any thread may read it.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Faults of our own in a line or a mix; the others went on. Always 0 in a sound build. Any thread may read it.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Lines whose sound is decoded or written. Any thread may read it.</summary>
    public int ActiveLines => Volatile.Read(ref _active);

    internal long Number { get; private set; }

    internal LineNoise Noise { get; }

    internal Span<byte> Packet => _packet;

    /// <summary>Does the work of one tick, if it is due.</summary>
    /// <param name="now">The time.</param>
    public void Tick(Moment now)
    {
        if (now < _next)
            return;

        var deadline = Skip(now);
        Lateness.Add(now - deadline);
        Number = deadline.Ticks / Period.Ticks;

        // What ends in a tick leaves its list, and the last takes its place: it has had its turn by then.
        for (var i = _lines.Count - 1; i >= 0; i--)
            Read(_lines[i], deadline);
        for (var i = _mixes.Count - 1; i >= 0; i--)
            Sum(_mixes[i], deadline);
        for (var i = _lines.Count - 1; i >= 0; i--)
            Write(_lines[i], deadline);

        Volatile.Write(ref _ticks, _ticks + 1);
        if (_next == Moment.Never)
            return;

        _deadline = deadline + Period;
        var earliest = now + LeastDistance;
        _next = _deadline > earliest ? _deadline : earliest;
    }

    internal Span<short> Frame(int samples) => _frame.AsSpan(0, samples);

    internal Span<short> Scratch(int samples) => _scratch.AsSpan(0, samples);

    internal Span<short> Mixed(int samples) => _mixed.AsSpan(0, samples);

    internal void Add(LineAudio line, Moment now)
    {
        if (line.Index >= 0)
            return;

        line.Index = _lines.Count;
        _lines.Add(line);
        Volatile.Write(ref _active, _lines.Count);
        Begin(now);
    }

    internal void Remove(LineAudio line)
    {
        if (line.Index < 0)
            return;

        var last = _lines[^1];
        _lines[line.Index] = last;
        last.Index = line.Index;
        _lines.RemoveAt(_lines.Count - 1);
        line.Index = -1;
        Volatile.Write(ref _active, _lines.Count);
        End();
    }

    internal void Add(MediaMix mix, Moment now)
    {
        _mixes.Add(mix);
        Begin(now);
    }

    internal void Remove(MediaMix mix)
    {
        _mixes.Remove(mix);
        End();
    }

    // Deadlines lie on multiples of 20 ms of the loop's clock, so that all loops tick alike and numbers need no origin.
    private void Begin(Moment now)
    {
        if (_next == Moment.Never)
            _next = _deadline = new Moment(((now.Ticks / Period.Ticks) + 1) * Period.Ticks);
    }

    private void End()
    {
        if (_lines.Count == 0 && _mixes.Count == 0)
            _next = Moment.Never;
    }

    private Moment Skip(Moment now)
    {
        if (now - _deadline <= _options.MaxLateness)
            return _deadline;

        var late = (now - _deadline).Ticks / Period.Ticks;
        Volatile.Write(ref _skipped, _skipped + late);
        return _deadline + TimeSpan.FromTicks(late * Period.Ticks);
    }

    // A fault of ours in one line or mix must not silence all others of the loop; the counter is watched.
    private void Read(LineAudio line, Moment deadline)
    {
        try
        {
            line.Read(deadline);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Volatile.Write(ref _failures, _failures + 1);
        }
    }

    private void Sum(MediaMix mix, Moment deadline)
    {
        try
        {
            mix.Sum(this, deadline);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Volatile.Write(ref _failures, _failures + 1);
        }
    }

    private void Write(LineAudio line, Moment deadline)
    {
        try
        {
            line.Write(this, deadline);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Volatile.Write(ref _failures, _failures + 1);
        }
    }
}
