using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Media.Events;
using Tandem.Media.Jitter;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;
using Tandem.Media.Transport;

namespace Tandem.Media.Audio;

/// <summary>
/// The sound of a session: what is played to its sides, who taps them, which mix they are in. Commands come from the session's signalling
/// thread, run in order on its media loop before the next tick, and concern its first audio line; what becomes of them is told by
/// events. A session that closes ends all that is attached: every source and tap is disposed of once, on the loop.
/// </summary>
public sealed class SessionAudio : ISessionSound, IEventWatch
{
    private readonly AudioContext _context;
    private readonly Func<int, MediaSide, ILegPath?> _paths;
    private readonly Action<Action<Moment>> _post;
    private readonly Action<MediaMix> _moveTo;
    private readonly List<LineAudio?> _lines = [];
    private MediaPlan _plan = MediaPlan.Empty;
    private AudioTick? _tick;
    private int _mainIndex = -1;

    // What is done with digits, by side, for a line that is not made yet; null while nobody said.
    private DtmfPolicy?[]? _policies;
    private bool _isClosed;
    private long _lastId;

    /// <param name="context">What the lines share.</param>
    /// <param name="paths">The packet path of a side of a line.</param>
    /// <param name="post">Has something run on the session's loop, in order.</param>
    /// <param name="moveTo">Has the session go to the loop of a mix, before what is posted afterwards.</param>
    internal SessionAudio(AudioContext context, Func<int, MediaSide, ILegPath?> paths, Action<Action<Moment>> post, Action<MediaMix> moveTo)
    {
        _context = context;
        _paths = paths;
        _post = post;
        _moveTo = moveTo;
    }

    /// <summary>Plays to a side. <see cref="PlaybackEnded"/> follows in any case, when it ended, or did not begin.</summary>
    public PlayId Play(MediaSide side, IAudioSource source, PlayMode mode = PlayMode.Replace)
    {
        var play = new ActivePlay(new PlayId(++_lastId), source, mode);
        _post(now =>
        {
            if (Demand(now) is { } line && line[side].Plan?.Audio?.Sends is not null)
            {
                line[side].Play(play);
                line.Update(now);
                return;
            }

            play.Dispose();
            _context.Raise(new PlaybackEnded(side, play.Id, _isClosed ? PlaybackEnd.Closed : PlaybackEnd.Refused));
        });
        return play.Id;
    }

    /// <summary>Stops a playback, if it still runs.</summary>
    public void StopPlay(PlayId id) => _post(now =>
    {
        if (Main is not { } line)
            return;

        _ = line[MediaSide.A].Stop(id) || line[MediaSide.B].Stop(id);
        line.Update(now);
    });

    /// <summary>
    /// Sends digits to a side, one after the other. <see cref="DtmfSent"/> with the number that is returned follows when all are sent or dropped.
    /// </summary>
    /// <param name="side">To whom.</param>
    /// <param name="digits">0 to 9, *, #, A to D; others are left out. A comma is a pause of half a second.</param>
    /// <param name="milliseconds">How long each is, 40 to 5000.</param>
    /// <param name="kind">Events or tones; null for events where the side takes them, and tones otherwise.</param>
    public long SendDtmf(MediaSide side, string digits, int milliseconds = 100, DtmfKind? kind = null)
    {
        var id = ++_lastId;
        _post(now =>
        {
            var leg = Demand(now)?[side];
            if (leg?.Plan?.Audio?.Sends is null || kind == DtmfKind.Info || !leg.Digits.TryAdd(digits, milliseconds, kind, id))
                _context.Raise(new DtmfSent(side, id, false));
            Main?.Update(now);
        });
        return id;
    }

    /// <summary>
    /// A side pressed a key and told it by signalling (SIP INFO). It counts like one in the media: <see cref="DtmfReceived"/> tells it, unless
    /// the media brings the same press too, and it passes to the other side by the <see cref="DtmfPolicy"/> of that.
    /// </summary>
    /// <param name="side">Who pressed.</param>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long.</param>
    public void Press(MediaSide side, char digit, int milliseconds) => _post(now =>
    {
        if (Demand(now) is { } line)
        {
            line[side].Press(digit, milliseconds, now);
            line.Update(now);
        }
        else if (!_isClosed)
        {
            _context.Raise(new DtmfReceived(side, digit, milliseconds, DtmfKind.Info));
        }
    });

    /// <summary>
    /// Lets a tap hear one side (what comes from it, what goes to it), or, with null, both: what comes from A and what comes from B, or what
    /// goes to A while there is no B.
    /// </summary>
    /// <param name="side">Whom.</param>
    /// <param name="tap">Who hears.</param>
    /// <param name="kind">What for; each kind has places of its own.</param>
    /// <param name="begun">Told once, on the loop: true when it hears from now on, false when it was refused. Null for nobody.</param>
    public TapId Tap(MediaSide? side, IAudioTap tap, TapKind kind = TapKind.Recording, Action<bool>? begun = null)
    {
        var active = new ActiveTap(new TapId(++_lastId), tap, side, kind);
        _post(now =>
        {
            var hears = false;
            try
            {
                var line = Demand(now);
                hears = line?.TryTap(active) == true;
                if (hears)
                    line!.Update(now);
                else
                    active.Dispose();
            }
            finally
            {
                // Somebody waits for it, whatever happens here.
                begun?.Invoke(hears);
            }
        });
        return active.Id;
    }

    /// <summary>Ends a tap.</summary>
    public void Untap(TapId id) => _post(now =>
    {
        Main?.Untap(id);
        Main?.Update(now);
    });

    /// <summary>
    /// Brings a side into a mix; it leaves the one that it was in. The session goes to the loop of the mix, so both sides can be in mixes of
    /// one loop only: the other side leaves a mix of another loop. When the mix is full or closed, <see cref="MemberLeft"/> of the mix
    /// follows at once.
    /// </summary>
    public MemberId Join(MediaSide side, MediaMix mix, MixSeat? seat = null)
    {
        var id = mix.NextId();
        _moveTo(mix);
        _post(now =>
        {
            var leg = mix.IsAt(_tick, now) ? Demand(now)?[side] : null;
            leg?.Mix?.Leave(leg);
            if (leg is null || !mix.TryJoin(id, leg, seat ?? MixSeat.Default))
                mix.Refuse(id);
            Main?.Update(now);
        });
        return id;
    }

    /// <summary>Takes a side out of its mix; it hears the other side again.</summary>
    public void Leave(MediaSide side) => Change(side, leg => leg.Mix?.Leave(leg));

    /// <summary>How loud a side is to others, and how loud it hears them, dB, -60 to 30; 0 changes nothing.</summary>
    public void SetGain(MediaSide side, double gainDb, double hearingGainDb = 0) => Change(side, leg =>
    {
        leg.Gain = SampleMath.GainOf(gainDb);
        leg.HearingGain = SampleMath.GainOf(hearingGainDb);
    });

    /// <summary>Nobody hears the side: neither the other side, nor a mix, nor a tap.</summary>
    public void SetMute(MediaSide side, bool isMuted) => Change(side, leg => leg.IsMuted = isMuted);

    /// <summary>The side hears nobody. Playbacks it hears.</summary>
    public void SetDeaf(MediaSide side, bool isDeaf) => Change(side, leg => leg.IsDeaf = isDeaf);

    /// <summary>The side hears itself instead of the other one.</summary>
    public void Echo(MediaSide side, bool isOn) => Change(side, leg => leg.IsEcho = isOn);

    /// <summary>What is done with the digits of a side.</summary>
    /// <remarks>A line that is only relayed stays so until the first key comes: most calls have none, and a line with sound costs a tick every 20 ms.</remarks>
    public void SetDtmf(MediaSide side, DtmfPolicy policy) => _post(now =>
    {
        if (_isClosed)
            return;

        (_policies ??= new DtmfPolicy?[2])[(int)side] = policy;
        if (Main is { } line)
        {
            line[side].Dtmf = policy;
            line.Update(now);
        }
        else if (policy.FindTones)
        {
            Demand(now);
        }
        else
        {
            Watch();
        }
    });

    /// <summary>Whether <see cref="SpeechChanged"/> is told of a side.</summary>
    public void ReportSpeech(MediaSide side, bool isOn) => Change(side, leg => leg.ReportsSpeech = isOn);

    void ISessionSound.Apply(MediaPlan plan, Moment now) => Apply(plan, now);

    void ISessionSound.Leave(Moment now)
    {
        foreach (var line in _lines)
        {
            LeaveMix(line, MediaSide.A);
            LeaveMix(line, MediaSide.B);
            line?.Leave();
        }

        _tick = null;
    }

    void ISessionSound.Enter(MediaLoop loop, Moment now) => Enter(loop.Sound, now);

    void ISessionSound.Stop(Moment now) => Stop();

    void IEventWatch.EventsCame(Moment now) => Demand(now);

    internal void Apply(MediaPlan plan, Moment now)
    {
        if (_isClosed)
            return;

        _plan = plan;
        var first = -1;
        for (var i = 0; i < Math.Max(plan.Lines.Count, _lines.Count); i++)
        {
            var line = Planned(i);
            if (first < 0 && line is not null)
                first = i;

            // A line that only relays has no sound until somebody asks for it: most calls never do.
            if (Line(i) is { } audio)
                audio.Apply(line, _paths(i, MediaSide.A), _paths(i, MediaSide.B), now);
            else if (line is not null && LineAudio.IsNeeded(line))
                Make(i, now);
        }

        // A line that is off for the moment keeps what is attached to it.
        if (first < 0)
            return;

        _mainIndex = first;
        if (_policies is null)
            return;
        if (_policies[0] is { FindTones: true } || _policies[1] is { FindTones: true })
            Demand(now);
        else
            Watch();
    }

    internal void Enter(AudioTick tick, Moment now)
    {
        _tick = tick;
        foreach (var line in _lines)
            line?.Enter(tick, now);
    }

    internal void Stop()
    {
        _isClosed = true;
        foreach (var line in _lines)
        {
            LeaveMix(line, MediaSide.A);
            LeaveMix(line, MediaSide.B);
            line?.Close();
        }

        _lines.Clear();
        _mainIndex = -1;
    }

    /// <summary>The line that commands concern, if its sound was asked for.</summary>
    internal LineAudio? Main => _mainIndex < 0 ? null : Line(_mainIndex);

    private static void LeaveMix(LineAudio? line, MediaSide side)
    {
        if (line?[side] is { Mix: { } mix } leg)
            mix.Leave(leg);
    }

    private LineAudio? Line(int index) => index < _lines.Count ? _lines[index] : null;

    private LinePlan? Planned(int index) =>
        index < _plan.Lines.Count && _plan.Lines[index] is { Kind: "audio" } line && (line.A?.Audio ?? line.B?.Audio) is not null ? line : null;

    private LineAudio? Demand(Moment now) => _isClosed || _mainIndex < 0 ? null : Line(_mainIndex) ?? Make(_mainIndex, now);

    private LineAudio Make(int index, Moment now)
    {
        while (_lines.Count <= index)
            _lines.Add(null);

        var line = new LineAudio(_context);
        _lines[index] = line;
        if (index == _mainIndex && _policies is not null)
        {
            Take(line, MediaSide.A);
            Take(line, MediaSide.B);
        }

        if (_tick is { } tick)
            line.Enter(tick, now);
        line.Apply(Planned(index), _paths(index, MediaSide.A), _paths(index, MediaSide.B), now);
        return line;
    }

    // The line is there: what it does with digits is known, and no first key is waited for.
    private void Take(LineAudio line, MediaSide side)
    {
        if (_policies![(int)side] is { } policy)
            line[side].Dtmf = policy;
        if (_paths(_mainIndex, side) is { } path)
            path.EventWatch = null;
    }

    private void Watch()
    {
        if (_mainIndex < 0 || Main is not null)
            return;

        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            if (_policies![(int)side] is { } policy && _paths(_mainIndex, side) is { } path)
                path.EventWatch = policy.Report ? this : null;
        }
    }

    private void Change(MediaSide side, Action<AudioLeg> change) => _post(now =>
    {
        if (Demand(now) is not { } line)
            return;

        change(line[side]);
        line.Update(now);
    });
}
