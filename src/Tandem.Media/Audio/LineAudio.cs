using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;

namespace Tandem.Media.Audio;

/// <summary>
/// The decoded sound of one audio line: two legs, the bridge between them, and who taps them. It decides for each direction whether
/// packets are relayed, relayed and listened to, or made here; the packet path follows at once. Owned by the media loop.
/// </summary>
internal sealed class LineAudio(AudioContext context)
{
    // Recorders and analysis of speech gain nothing from more.
    private const int TapRate = 16000;

    private readonly AudioLeg _a = new(MediaSide.A, context);
    private readonly AudioLeg _b = new(MediaSide.B, context);
    private readonly List<ActiveTap> _taps = [];
    private AudioTick? _tick;
    private bool _canRelay;
    private Moment _warmA = Moment.Never;
    private Moment _warmB = Moment.Never;
    private Moment _restAt = Moment.Never;

    /// <summary>Its place in the list of its tick; -1 while it is in none.</summary>
    public int Index { get; set; } = -1;

    public int Taps => _taps.Count;

    /// <summary>Each side hears the other when it hears nothing else: nobody is in a mix, and both are there.</summary>
    private bool IsBridged => _a.Plan is not null && _b.Plan is not null && _a.Mix is null && _b.Mix is null;

    /// <summary>True when a line under <paramref name="plan"/> cannot be left to the relay, though nothing is attached to it.</summary>
    public static bool IsNeeded(LinePlan plan) =>
        !plan.CanRelay || plan.A is null || plan.B is null || LacksEvents(plan.A, plan.B) || LacksEvents(plan.B, plan.A);

    public AudioLeg this[MediaSide side] => side == MediaSide.A ? _a : _b;

    /// <summary>Puts a plan in force; null switches the line off, and what is attached to it stays for later.</summary>
    public void Apply(LinePlan? plan, ILegPath? a, ILegPath? b, Moment now)
    {
        _canRelay = plan?.CanRelay == true;
        _a.Apply(plan?.A, plan?.A is null ? null : a);
        _b.Apply(plan?.B, plan?.B is null ? null : b);
        Update(now);
    }

    /// <summary>Begins to run on a loop.</summary>
    public void Enter(AudioTick tick, Moment now)
    {
        _tick = tick;

        // It was about to give its coders back when it left the other loop.
        if (_restAt != Moment.Never)
            tick.Add(this, now);
        Update(now);
    }

    /// <summary>Leaves its loop; what is attached goes along.</summary>
    public void Leave()
    {
        _tick?.Remove(this);
        _tick = null;
    }

    /// <summary>Attaches a tap; false when there are too many of its kind.</summary>
    public bool TryTap(ActiveTap tap)
    {
        var places = tap.Kind == TapKind.Fork ? context.Options.MaxForks : context.Options.MaxTaps;
        foreach (var other in _taps)
            places -= other.Kind == tap.Kind ? 1 : 0;
        if (places <= 0)
            return false;

        _taps.Add(tap);
        return true;
    }

    public void Untap(TapId id)
    {
        for (var i = 0; i < _taps.Count; i++)
        {
            if (_taps[i].Id != id)
                continue;

            var tap = _taps[i];
            _taps.RemoveAt(i);
            tap.Dispose();
            return;
        }
    }

    /// <summary>Works out anew what is relayed, listened to and written.</summary>
    public void Update(Moment now)
    {
        if (_tick is not { } tick)
            return;

        var writesA = Writes(_a, _b, ref _warmA, now);
        var writesB = Writes(_b, _a, ref _warmB, now);
        var bridged = IsBridged;
        Set(_a, _b, writesA, bridged && (writesB || _warmB != Moment.Never));
        Set(_b, _a, writesB, bridged && (writesA || _warmA != Moment.Never));
        // Taps are served while both sides hold, too: their time goes on.
        if (_a.IsActive || _b.IsActive || _taps.Count > 0)
        {
            _restAt = Moment.Never;
            tick.Add(this, now);
        }
        else if (Index >= 0 && _restAt == Moment.Never)
        {
            _restAt = now + context.Options.CoderRest;
        }
    }

    /// <summary>First part of a tick: what comes from both sides.</summary>
    public void Read(Moment now)
    {
        Read(_a, _b, now);
        Read(_b, _a, now);
    }

    /// <summary>Last part of a tick: what both sides hear, and the taps.</summary>
    public void Write(AudioTick tick, Moment now)
    {
        var bridged = IsBridged;
        Write(_a, _b, bridged, tick, now);
        Write(_b, _a, bridged, tick, now);
        if (_b.Plan is not null)
        {
            foreach (var tap in _taps)
            {
                if (tap.Side is null)
                    tap.Write(_a.Frame, _a.Rate, _b.Frame, _b.Rate, now);
            }
        }

        Update(now);
        if (now < _restAt)
            return;

        _restAt = Moment.Never;
        _a.Rest();
        _b.Rest();
        tick.Remove(this);
    }

    /// <summary>Ends everything that is attached.</summary>
    public void Close()
    {
        Leave();
        while (_taps.Count > 0)
        {
            var tap = _taps[^1];
            _taps.RemoveAt(_taps.Count - 1);
            tap.Dispose();
        }

        _a.Close();
        _b.Close();
    }

    // The direction toward a leg is ours when packets cannot pass as they are, or when somebody wants to change what it hears. Where that
    // is the other side's sound, the change waits until its jitter buffer plays, so that nothing is missing.
    private bool Writes(AudioLeg leg, AudioLeg other, ref Moment warm, Moment now)
    {
        if (leg.Plan?.Audio?.Sends is null || !(leg.IsOwn || leg.HearsAltered(other) || !_canRelay || other.Plan is null || other.Mix is not null))
        {
            warm = Moment.Never;
            return false;
        }

        if (leg.Writes || !_canRelay || !leg.HearsOther || !IsBridged || other.IsMuted || other.IsPlaying || other.Plan is not { Sends: true })
        {
            warm = Moment.Never;
            return true;
        }

        if (warm == Moment.Never)
            warm = now + context.Options.WarmUp;
        if (now < warm)
            return false;

        warm = Moment.Never;
        return true;
    }

    private void Set(AudioLeg leg, AudioLeg other, bool writes, bool isHeardByOther)
    {
        var rate = 0;
        if (isHeardByOther && !other.IsEcho && leg.Plan is { Sends: true })
            rate = other.Plan?.Audio?.Sends?.Format.SampleRate ?? 8000;
        if (leg.Mix is { } mix)
            rate = Math.Max(rate, mix.Options.MaxSampleRate);
        if (leg.IsEcho)
            rate = Math.Max(rate, leg.Plan?.Audio?.Sends?.Format.SampleRate ?? 8000);
        if (leg.ReportsSpeech || leg.Dtmf.FindTones)
            rate = Math.Max(rate, 8000);
        foreach (var tap in _taps)
        {
            // What goes to the other side comes from this one unless we write it.
            if (tap.Side is null || tap.Side == leg.Side || !other.Writes)
                rate = Math.Max(rate, TapRate);
        }

        var sound = rate > 0 && leg.Plan?.Audio is { Receives.Count: > 0 };
        var events = leg.Dtmf.Report || (_canRelay && NeedsTones(leg, other));
        leg.Set(sound, sound || events, writes, rate);
    }

    // Packets of events would pass, but the other side takes none: it gets tones instead.
    private static bool NeedsTones(AudioLeg leg, AudioLeg other) =>
        leg.Plan is { } from && other.Plan is { } to && LacksEvents(from, to) && other.Dtmf.Out is null or DtmfKind.InBand;

    private static bool LacksEvents(LineSide from, LineSide to) => from.Audio is { EventsIn.Count: > 0 } && to.Audio is { EventOut: < 0, Sends: not null };

    private void Read(AudioLeg leg, AudioLeg other, Moment now)
    {
        leg.Receiver.RemovesTones = IsBridged && other.Plan?.Audio is { EventOut: >= 0 } && other.Dtmf.Out is null or DtmfKind.RtpEvent;
        leg.Read(now);
        while (leg.TryTakeDigit(now, out var digit))
        {
            context.Raise(new DtmfReceived(leg.Side, digit.Digit, digit.DurationMs, digit.Kind));
            if (IsBridged && !leg.IsMuted)
                Pass(digit, other);
        }
    }

    // Events that are relayed pass by themselves, tones pass with the sound, INFO passes in neither: only what the other side would not get
    // otherwise is sent.
    private static void Pass(in DtmfDigit digit, AudioLeg other)
    {
        if (other.Plan?.Audio is not { Sends: not null } audio)
            return;

        var kind = other.Dtmf.Out ?? (audio.EventOut >= 0 ? DtmfKind.RtpEvent : DtmfKind.InBand);
        var passes = digit.Kind switch
        {
            DtmfKind.RtpEvent => !other.Writes && audio.EventOut >= 0,
            DtmfKind.InBand => kind == DtmfKind.InBand,
            _ => false,
        };
        if (!passes && kind != DtmfKind.Info)
            other.Digits.Add(digit.Digit, digit.DurationMs, kind);
    }

    private void Write(AudioLeg leg, AudioLeg other, bool bridged, AudioTick tick, Moment now)
    {
        var heard = bridged ? other.Frame : default;
        var rate = other.Rate;
        if (leg.Writes)
            heard = leg.Write(tick, bridged ? other : null, IsTapped(leg.Side), out rate);

        foreach (var tap in _taps)
        {
            if (tap.Side == leg.Side || (tap.Side is null && leg.Side == MediaSide.A && _b.Plan is null))
                tap.Write(leg.Frame, leg.Rate, heard, rate, now);
        }
    }

    private bool IsTapped(MediaSide side)
    {
        foreach (var tap in _taps)
        {
            if (tap.Side == side || (tap.Side is null && _b.Plan is null))
                return true;
        }

        return false;
    }
}
