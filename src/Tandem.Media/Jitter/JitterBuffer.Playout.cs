using Tandem.Core.Buffers;
using Tandem.Core.Time;

namespace Tandem.Media.Jitter;

/// <summary>The side from which sound is taken.</summary>
public sealed partial class JitterBuffer
{
    /// <summary>Differences of media time below this are rounding: half a sample at 8 kHz.</summary>
    private const long Tolerance = 625;

    /// <summary>A missing packet is given up after so long: what follows is a pause, not a concealment (it has faded by then).</summary>
    private const long GiveUp = 100 * Millisecond;

    /// <summary>A pause shorter than this is none: telephone events between audio packets.</summary>
    private const long RealPause = 20 * Millisecond;

    private long _next;
    private ulong _taken;
    private long _primary = -1;
    private long _primaryMedia;
    private bool _isPlaying;
    private bool _isPaused;
    private bool _isSeam;
    private long _pausedTicks;

    // Media time of the end of what was given out, concealment and pauses included; and of the last payload alone.
    private long _end;
    private long _realEnd;
    private long _owed;
    private long _concealed;
    private JitterAction _last;
    private PooledBuffer? _lent;

    /// <summary>Sound that was made up because a packet was late or lost, in ticks. Silence of the sender, once it shows as such, is not counted.</summary>
    public long ConcealedTicks => _concealed;

    /// <summary>Says what fills the sound from <paramref name="at"/> on. Tell with <see cref="Advance"/> how long it was.</summary>
    /// <param name="at">When the next sample will be heard: the deadline of the tick plus what the caller has ready.</param>
    public JitterStep Next(Moment at)
    {
        Return();
        while (true)
        {
            if (Count == 0)
                return Empty();

            var sequence = First();
            ref var slot = ref _slots[sequence & _mask];
            var missing = sequence - _next;
            var due = _delays.Base + slot.Media + _delays.Target - at.Ticks;
            if (!_isPlaying)
            {
                if (due > Tolerance)
                    return Step(JitterAction.Wait, due);

                _isPlaying = true;
                _isPaused = false;
                _end = _realEnd = slot.Media;
            }

            if (slot.Content == JitterContent.Nothing)
            {
                Pass(ref slot, missing);
                Pause();
                continue;
            }

            var lead = slot.Media - _end;
            if (!_isPaused && lead > Tolerance)
            {
                // RFC 3389 §5.1: time without sequence numbers is silence; numbers without packets are losses, for as long as they account for the time.
                if (slot.Media - _realEnd <= (missing * _packetTicks) + Tolerance || slot is { IsRestart: true, Media: var media } && media - _realEnd <= RealPause)
                    return Missing(ref slot, missing, lead);

                Pause();
            }

            if (_isPaused && due > Tolerance && (lead > Tolerance || _pausedTicks >= RealPause))
                return Step(JitterAction.Pause, due);

            if (Skips(ref slot, at.Ticks))
            {
                Pass(ref slot, missing);
                _discarded++;
                _isSeam = true;
                continue;
            }

            return Take(ref slot, missing);
        }
    }

    /// <summary>Whether a payload is ready that belongs directly behind what was given out last; for looking ahead.</summary>
    public bool HasNext
    {
        get
        {
            ref readonly var slot = ref _slots[_next & _mask];
            return _isPlaying && !_isPaused && slot.Sequence == _next && slot is { Content: JitterContent.Audio, IsRestart: false } && slot.Media - _end <= Tolerance;
        }
    }

    /// <summary>How far the delay at <paramref name="at"/> is above the target (below: negative), in ticks; 0 in a pause, which adjusts by itself.</summary>
    public long Excess(Moment at) => _isPlaying && !_isPaused ? at.Ticks - _delays.Base - _end - _delays.Target : 0;

    /// <summary>Tells how long the sound was that came of the last step, in ticks.</summary>
    /// <param name="ticks">The time that it fills.</param>
    /// <param name="isMadeUp">True when the payload of the step was of no use and its time was concealed.</param>
    public void Advance(long ticks, bool isMadeUp = false)
    {
        _end += ticks;
        switch (isMadeUp ? JitterAction.Conceal : _last)
        {
            case JitterAction.Decode:
                _realEnd = _end;
                if (ticks is > 0 and <= LongestPacket)
                    _packetTicks = ticks;
                break;
            case JitterAction.Conceal:
                _owed += ticks;
                break;
            case JitterAction.Recover:
                // Sound that the sender had sent after all.
                _realEnd = _end;
                break;
            case JitterAction.Pause:
                _pausedTicks += ticks;
                break;
        }
    }

    /// <summary>The payload of the last step, for one who could not use it at once; valid as that was.</summary>
    internal ReadOnlySpan<byte> Lent => _lent is null ? default : _lent.Span;

    private JitterStep Empty()
    {
        if (!_isPlaying)
            return Step(JitterAction.Wait, long.MaxValue);

        if (!_isPaused && _owed >= GiveUp)
            Pause();
        return _isPaused ? Step(JitterAction.Pause, long.MaxValue) : Step(JitterAction.Conceal, GiveUp - _owed);
    }

    private JitterStep Missing(ref Slot slot, long missing, long lead)
    {
        if (missing == 0 || slot.Content != JitterContent.Audio || slot.IsRepair || slot.IsRestart)
            return Step(JitterAction.Conceal, lead);

        // The redundancy of the next packet is of the packet right before it; what was lost before that is concealed first.
        if (lead > _packetTicks + Tolerance)
            return Step(JitterAction.Conceal, lead - _packetTicks);

        _last = JitterAction.Recover;
        return new JitterStep(JitterAction.Recover, lead, slot.Buffer is { } buffer ? buffer.Span : default, slot.PayloadType);
    }

    private JitterStep Take(ref Slot slot, long missing)
    {
        var action = slot.Content == JitterContent.Noise ? JitterAction.Noise : JitterAction.Decode;
        var isSeam = _isSeam;
        var isRestart = slot.IsRestart;
        var isLate = _owed > 0 && slot.Media < _end - Tolerance;
        if (slot.IsRepair)
            _repaired++;
        // The sender was silent when time passed without a missing number: what was made up meanwhile made up for nothing.
        if (missing > 0 || slot.Media - _realEnd <= Tolerance)
            _concealed += _owed;
        _owed = 0;
        if (action == JitterAction.Decode)
        {
            _end = _realEnd = slot.Media;
            _isPaused = false;
        }
        else
        {
            Pause();
        }

        _isSeam = false;
        _lent = slot.Buffer;
        slot.Buffer = null;
        var payloadType = slot.PayloadType;
        Pass(ref slot, missing);
        _last = action;
        return new JitterStep(action, 0, Lent, payloadType, isSeam, isRestart, isLate);
    }

    // A delay beyond the longest that is allowed is cut at once, down to where it should be; not one packet is cut that would leave nothing.
    private bool Skips(ref Slot slot, long at)
    {
        var delay = at - _delays.Base - slot.Media;
        return Count > 1 && slot.Content == JitterContent.Audio && delay > (_isSeam ? _delays.Target + UsualPacket : _max + UsualPacket);
    }

    private void Pass(ref Slot slot, long missing)
    {
        _lost += missing;
        _next = slot.Sequence + 1;
        _taken = missing >= 63 ? 1 : (_taken << (int)(missing + 1)) | 1;
        Free(ref slot);
    }

    private void MarkTaken(long sequence)
    {
        var back = _next - 1 - sequence;
        if (back < 64)
            _taken |= 1UL << (int)back;
    }

    private void Pause()
    {
        if (_isPaused)
            return;

        _isPaused = true;
        _pausedTicks = 0;
    }

    private long First()
    {
        var sequence = _next;
        while (_slots[sequence & _mask].Sequence != sequence)
            sequence++;
        return sequence;
    }

    private JitterStep Step(JitterAction action, long gap)
    {
        _last = action;
        return new JitterStep(action, gap);
    }

    private void Return()
    {
        _lent?.Release();
        _lent = null;
    }
}
