using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Media.Transport;

namespace Tandem.Media.Mixing;

/// <summary>
/// A mix: everybody in it hears all others, or whom the routing matrix says. Sides of sessions join it by their session; all of them run
/// on its media loop. Commands come from any thread and take effect in order, before the next tick; outcomes are events.
/// </summary>
public sealed class MediaMix
{
    private const int MaxCommands = 16384;
    private const int MaxBuses = 16;
    private const int MaxTaps = 8;
    private const long BusRest = 250;

    private readonly MediaLoop? _loop;
    private readonly MixCore _core;
    private readonly Action<MediaEvent>? _raise;
    private readonly CommandQueue _commands;
    private readonly Dictionary<MemberId, MixMember> _members = [];
    private readonly List<MixSource> _sources = [];
    private readonly List<MixMember> _sourceMembers = [];
    private readonly List<MixBus> _buses = [];
    private readonly List<ActiveTap> _taps = [];
    private AudioTick? _tick;
    private int _lastId;
    private long _lastTap;
    private int _count;
    private bool _isClosed;

    /// <param name="options">Limits; a value that cannot work throws <see cref="ArgumentException"/> with its name.</param>
    /// <param name="raise">Hears what happens, on the media loop; null for nobody.</param>
    /// <param name="loop">Where it runs; null for a test, which calls <see cref="Run"/> itself.</param>
    internal MediaMix(MixOptions options, Action<MediaEvent>? raise, MediaLoop? loop)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        Options = options;
        _raise = raise;
        _core = new MixCore(options, raise);
        _loop = loop;
        _commands = new CommandQueue(MaxCommands, () => loop?.Post(new LoopCommand(Run)));
    }

    public MixOptions Options { get; }

    /// <summary>Members now, sources included. Any thread may read it.</summary>
    public int Members => Volatile.Read(ref _count);

    /// <summary>The loop that it runs on, to which its members go.</summary>
    internal MediaLoop Loop => _loop ?? throw new InvalidOperationException("the mix has no loop");

    /// <summary>Hertz of the mix. Of the loop.</summary>
    internal int SampleRate => _core.SampleRate;

    internal MixCore Core => _core;

    /// <summary>The last sample of the sum of this tick.</summary>
    internal short LastSample => _core.Total[^1];

    /// <summary>
    /// Lets a source be heard, by all or, with <see cref="MixSeat.IsHeardByAll"/> false, by those to whom <see cref="SetRoute"/> leads it.
    /// It leaves when it ends; <see cref="PlaybackEnded"/> names it by the same number.
    /// </summary>
    public MemberId Attach(IAudioSource source, MixSeat? seat = null)
    {
        var id = NextId();
        if (!_commands.TryPost(now => Attach(id, source, seat ?? MixSeat.Default)))
            source.Dispose();
        return id;
    }

    /// <summary>Ends a source.</summary>
    public void Detach(MemberId source) => Post(now => Remove(source, PlaybackEnd.Stopped));

    /// <summary>
    /// How <paramref name="to"/> hears <paramref name="from"/>: dB, negative infinity for not at all, null for as everybody else does.
    /// </summary>
    public void SetRoute(MemberId from, MemberId to, double? gainDb) => Post(_ =>
    {
        if (_members.TryGetValue(from, out var source) && _members.TryGetValue(to, out var listener))
            _core.TrySetRoute(source, listener, gainDb);
    });

    /// <summary>Nobody hears the member, or they do again.</summary>
    public void SetMute(MemberId member, bool isMuted) => Change(member, m => m.IsMuted = isMuted);

    /// <summary>The member hears nobody, or does again.</summary>
    public void SetDeaf(MemberId member, bool isDeaf) => Change(member, m => m.IsDeaf = isDeaf);

    /// <summary>How loud others hear the member and how loud it hears them, dB, -60 to 30.</summary>
    public void SetGain(MemberId member, double gainDb, double hearingGainDb = 0) => Change(member, m =>
    {
        m.Gain = SampleMath.GainOf(gainDb);
        m.HearingGain = SampleMath.GainOf(hearingGainDb);
    });

    /// <summary>Whether those hear the member for whom the matrix has no entry.</summary>
    public void SetHeardByAll(MemberId member, bool isHeard) => Change(member, m => m.IsHeardByAll = isHeard);

    /// <summary>Whether the member hears those for whom the matrix has no entry.</summary>
    public void SetHearsAll(MemberId member, bool hears) => Change(member, m => m.HearsAll = hears);

    /// <summary>
    /// Lets <paramref name="supervisor"/> listen to all, whisper to <paramref name="agent"/>, or speak to all. Only settings of the matrix: they
    /// may be changed one by one afterwards.
    /// </summary>
    public void Monitor(MemberId supervisor, MemberId agent, MonitorMode mode)
    {
        SetHeardByAll(supervisor, mode is MonitorMode.Barge or MonitorMode.Other);
        SetHearsAll(supervisor, true);
        SetRoute(supervisor, agent, mode switch { MonitorMode.Whisper => 0, MonitorMode.Other => double.NegativeInfinity, _ => null });
    }

    /// <summary>Lets <paramref name="tap"/> hear the whole mix.</summary>
    public TapId Tap(IAudioTap tap)
    {
        var active = new ActiveTap(new TapId(Interlocked.Increment(ref _lastTap)), tap, null);
        var isPosted = _commands.TryPost(_ =>
        {
            if (_isClosed || _taps.Count >= MaxTaps)
                active.Dispose();
            else
                _taps.Add(active);
        });
        if (!isPosted)
            active.Dispose();
        return active.Id;
    }

    /// <summary>Ends a tap.</summary>
    public void Untap(TapId id) => Post(_ =>
    {
        var index = _taps.FindIndex(t => t.Id == id);
        if (index < 0)
            return;

        var tap = _taps[index];
        _taps.RemoveAt(index);
        tap.Dispose();
    });

    /// <summary>Ends the mix: everybody leaves it, sources and taps are disposed of. Safe to call twice.</summary>
    public void Close() => _commands.Post(_ => End());

    /// <summary>A number for a member to come.</summary>
    internal MemberId NextId() => new(Interlocked.Increment(ref _lastId));

    /// <summary>Begins to run on a loop, on its thread.</summary>
    internal void Enter(AudioTick tick, Moment now)
    {
        Begin(tick, now);
        Run(now);
    }

    /// <summary>
    /// Whether it runs on the loop of <paramref name="tick"/>, on the thread of that. A session that was in the queue of the loop before the mix was opened
    /// comes there before the mix does, which begins to run then.
    /// </summary>
    internal bool IsAt(AudioTick? tick, Moment now)
    {
        if (tick is not null && ReferenceEquals(_loop?.Sound, tick))
            Begin(tick, now);
        return ReferenceEquals(_tick, tick);
    }

    /// <summary>Runs the commands that wait. On the loop.</summary>
    internal void Run(Moment now) => _commands.Run(now);

    /// <summary>Takes a leg in; false when the mix is full or closed. On the loop, after the leg has been told nothing yet.</summary>
    internal bool TryJoin(MemberId id, AudioLeg leg, MixSeat seat)
    {
        var member = new MixMember(id, leg, seat);
        if (_isClosed || !_core.TryAdd(member))
            return false;

        _members.Add(id, member);
        Count();
        leg.Enter(this, member);
        return true;
    }

    /// <summary>Says that somebody could not come in. Of any loop.</summary>
    internal void Refuse(MemberId id) => Post(_ => _raise?.Invoke(new MemberLeft(id)));

    /// <summary>Lets a leg go. On the loop.</summary>
    internal void Leave(AudioLeg leg)
    {
        if (leg.Member is not { } member || !ReferenceEquals(leg.Mix, this))
            return;

        leg.LeaveMix();
        Drop(member);
    }

    /// <summary>Middle part of a tick: sources, the sum, and taps.</summary>
    internal void Sum(AudioTick tick, Moment now)
    {
        foreach (var source in _sources)
            source.Read();
        _core.Sum(now);
        for (var i = _sources.Count - 1; i >= 0; i--)
        {
            if (_sources[i].End is not null && _sources[i].Frame.IsEmpty)
                Remove(_sourceMembers[i].Id, _sources[i].End.GetValueOrDefault());
        }

        foreach (var tap in _taps)
            tap.Write(_core.Total, SampleRate, default, 0, now);
        for (var i = _buses.Count - 1; i >= 0; i--)
        {
            if (tick.Number - _buses[i].Tick < BusRest)
                continue;

            _buses[i].Dispose();
            _buses.RemoveAt(i);
        }
    }

    /// <summary>What <paramref name="member"/> hears in this tick, in <paramref name="frame"/> at <paramref name="rate"/>; false when that is nothing.</summary>
    internal bool Render(MixMember member, AudioTick tick, int rate, RateConverter converter, Span<short> frame)
    {
        if (rate == SampleRate)
            return _core.Render(member, frame);

        var mixed = tick.Mixed(_core.FrameLength);
        if (!_core.Render(member, mixed))
            return false;

        converter.Convert(mixed, SampleRate, frame, rate);
        return true;
    }

    /// <summary>The encoding that many share, when <paramref name="member"/> hears just the whole sum.</summary>
    internal bool TryShare(MixMember member, PayloadFormat format, AudioTick tick, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!_core.HearsTotal(member) || BusOf(format) is not { } bus)
            return false;

        if (bus.Tick != tick.Number)
            bus.Encode(_core.IsSilent ? tick.Noise.Frame(_core.FrameLength, tick.Number) : _core.Total, SampleRate, tick);
        payload = bus.Payload;
        return true;
    }

    private MixBus? BusOf(PayloadFormat format)
    {
        foreach (var bus in _buses)
        {
            if (bus.Serves(format))
                return bus;
        }

        if (_buses.Count >= MaxBuses)
            return null;

        var made = new MixBus(format);
        _buses.Add(made);
        return made;
    }

    private void Begin(AudioTick tick, Moment now)
    {
        if (_tick is not null || _isClosed)
            return;

        _tick = tick;
        tick.Add(this, now);
    }

    private void Post(Action<Moment> command) => _commands.TryPost(command);

    private void Change(MemberId id, Action<MixMember> change) => Post(_ =>
    {
        if (_members.TryGetValue(id, out var member))
            change(member);
    });

    private void Attach(MemberId id, IAudioSource source, MixSeat seat)
    {
        var feed = new MixSource(source);
        var member = new MixMember(id, feed, seat);
        if (_isClosed || !_core.TryAdd(member))
        {
            feed.Dispose();
            _raise?.Invoke(new PlaybackEnded(null, new PlayId(id.Value), _isClosed ? PlaybackEnd.Closed : PlaybackEnd.Refused));
            return;
        }

        _members.Add(id, member);
        _sources.Add(feed);
        _sourceMembers.Add(member);
        Count();
    }

    private void Remove(MemberId id, PlaybackEnd reason)
    {
        var index = _sourceMembers.FindIndex(m => m.Id == id);
        if (index < 0)
            return;

        var member = _sourceMembers[index];
        var source = _sources[index];
        _sourceMembers.RemoveAt(index);
        _sources.RemoveAt(index);
        Drop(member);
        source.Dispose();
        _raise?.Invoke(new PlaybackEnded(null, new PlayId(id.Value), reason));
    }

    private void Drop(MixMember member)
    {
        _core.Remove(member);
        _members.Remove(member.Id);
        Count();
        _raise?.Invoke(new MemberLeft(member.Id));
    }

    private void Count() => Volatile.Write(ref _count, _members.Count);

    private void End()
    {
        if (_isClosed)
            return;

        _isClosed = true;
        while (_sourceMembers.Count > 0)
            Remove(_sourceMembers[^1].Id, PlaybackEnd.Closed);
        foreach (var member in _members.Values.ToArray())
            Leave((AudioLeg)member.Feed);
        foreach (var tap in _taps)
            tap.Dispose();
        _taps.Clear();
        foreach (var bus in _buses)
            bus.Dispose();
        _buses.Clear();
        _tick?.Remove(this);
        _tick = null;
    }
}
