using Tandem.Core.Time;
using Tandem.Media.Codecs;

namespace Tandem.Media.Jitter;

/// <summary>How the sound of a tick is made.</summary>
public sealed partial class StreamPlayer
{
    /// <summary>The longest packet, and room for a second one that is decoded ahead.</summary>
    private const int RoomMilliseconds = 320;
    private const int HistoryMilliseconds = WaveformConcealer.HistoryMilliseconds;
    private const int BlendMilliseconds = 5;
    private const int ConcealMilliseconds = 10;

    /// <summary>Payloads of at most so many bytes are the silence of a codec with DTX of its own (Opus, RFC 6716 §2.1.9): its decoder makes the noise.</summary>
    private const int DtxBytes = 2;

    /// <summary>Steps of one tick: a bound for packets that hold nothing.</summary>
    private const int MaxSteps = 64;

    private const double Alike = 0.9;
    private const double LeastAlike = 0.3;
    private const long Tick = TickMilliseconds * Millisecond;
    private const long Calm = 100 * Millisecond;
    private const long Urgent = 60 * Millisecond;

    // History, then what was not heard yet (from _read to _write).
    private short[] _sound = [];
    private int _read;
    private int _write;
    private readonly short[] _scratch = new short[MaxFrameSamples];
    private Source _source;
    private bool _isHeld;
    private int _heldType;
    private bool _isDtx;
    private Moment _heardUntil;
    private Moment _lastScaled = Moment.Zero;
    private long _recovered;
    private long _stretched;
    private long _shortened;
    private long _unreadable;
    private FrameKind _kind;
    private FrameKind _tailKind;

    private int Pending => _write - _read;

    private bool IsDecoded => _source is Source.Decoder or Source.CodecConcealment;

    private bool IsQuiet => _source is Source.Noise or Source.Silence;

    /// <summary>
    /// Gives the next 20 ms: fills the first <see cref="FrameSamples"/> of <paramref name="frame"/>, whatever came. Ask for <see cref="SampleRate"/>
    /// afterwards: it may have changed with this frame.
    /// </summary>
    /// <param name="frame">Room for <see cref="MaxFrameSamples"/>.</param>
    /// <param name="deadline">The deadline of the tick, 20 ms after the one before.</param>
    public FrameKind Read(Span<short> frame, Moment deadline)
    {
        _kind = Pending > 0 ? _tailKind : FrameKind.Silence;
        if (_isHeld)
        {
            _isHeld = false;
            Decode(_heldType, _buffer.Lent, isLate: false);
        }

        for (var steps = 0; Pending < FrameSamples && !_isHeld && steps < MaxSteps; steps++)
            Produce(At(deadline));
        if (Pending < FrameSamples)
            FillSilence(FrameSamples - Pending);

        Scale(deadline);
        _heardUntil = At(deadline);
        var samples = FrameSamples;
        _sound.AsSpan(_read, samples).CopyTo(frame);
        _read += samples;
        return _kind;
    }

    // Brings the delay to its target, one period of the sound at a time; the further it is off, the less the sound must suit.
    private void Scale(Moment deadline)
    {
        var excess = _buffer.Excess(At(deadline));
        if (_source != Source.Decoder || _isHeld || deadline - _lastScaled < TimeSpan.FromTicks(Math.Abs(excess) > Urgent ? 2 * Tick : Calm))
            return;

        if (excess > _options.DrainMilliseconds * Millisecond)
            Shorten(deadline, excess - (_options.DrainMilliseconds * Millisecond));
        else if (excess < -_options.StretchMilliseconds * Millisecond)
            Lengthen(deadline, -excess - (_options.StretchMilliseconds * Millisecond));
    }

    private void Shorten(Moment deadline, long beyond)
    {
        var wanted = FrameSamples + (TimeScaler.Reach(SampleRate) / 2);
        while (Pending < wanted && _buffer.HasNext && !_isHeld)
            Produce(At(deadline));
        if (Pending < wanted)
            return;

        var removed = TimeScaler.Shorten(_sound.AsSpan(_read, Pending), SampleRate, Math.Max(LeastAlike, Alike - (beyond / (200.0 * Millisecond))));
        if (removed == 0)
            return;

        _write -= removed;
        _shortened += TicksOf(removed);
        _lastScaled = deadline;
    }

    private void Lengthen(Moment deadline, long beyond)
    {
        var half = TimeScaler.Reach(SampleRate) / 2;
        var around = _sound.AsSpan(_read - half, half + Math.Min(half, Pending));
        var added = TimeScaler.Lengthen(around, half, SampleRate, Math.Max(LeastAlike, Alike - (beyond / (60.0 * Millisecond))), _scratch);
        if (added == 0 || Room(added).Length < added)
            return;

        var pending = Pending;
        _sound.AsSpan(_read, pending).CopyTo(_sound.AsSpan(_read + added));
        _scratch.AsSpan(0, added).CopyTo(_sound.AsSpan(_read));
        _write += added;
        _stretched += TicksOf(added);
        _lastScaled = deadline;
    }

    // When the next sample that is made will be heard.
    private Moment At(Moment deadline) => new(deadline.Ticks + TicksOf(Pending));

    private long TicksOf(int samples) => samples * TimeSpan.TicksPerSecond / SampleRate;

    private int SamplesOf(long ticks) => ticks >= TimeSpan.TicksPerSecond ? SampleRate : (int)(((ticks * SampleRate) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond);

    private void Produce(Moment at)
    {
        var step = _buffer.Next(at);
        switch (step.Action)
        {
            case JitterAction.Decode:
                if (step.IsRestart || step.IsSeam)
                    BreakOff(step.IsRestart);
                Decode(step.PayloadType, step.Payload, step.IsLate);
                break;
            case JitterAction.Recover:
                Recover(step.Payload, step.GapTicks);
                break;
            case JitterAction.Conceal:
                ConcealStep(step.GapTicks);
                break;
            case JitterAction.Noise:
                _noise.Update(step.Payload);
                _isDtx = false;
                break;
            case JitterAction.Pause:
                PauseStep(step.GapTicks);
                break;
            default:
                FillSilence(Missing(step.GapTicks));
                break;
        }
    }

    // Samples that the frame lacks, at most the gap; one at least, so that it always goes on.
    private int Missing(long gapTicks) => Math.Clamp(Math.Min(FrameSamples - Pending, SamplesOf(gapTicks)), 1, MaxFrameSamples);

    private void BreakOff(bool isRestart)
    {
        if (isRestart)
        {
            _decoder?.Reset();
            _noise.Reset();
        }

        if (_source == Source.Decoder)
            _source = Source.Broken;
    }

    private void Decode(int payloadType, ReadOnlySpan<byte> payload, bool isLate)
    {
        var decoder = DecoderOf(payloadType);
        if (decoder is null)
        {
            Spoilt();
            return;
        }

        if (decoder.SampleRate != SampleRate)
        {
            if (Pending > 0 && IsQuiet)
            {
                // Silence is as long at any rate.
                var quiet = decoder.SampleRate * Pending / SampleRate;
                Retune(decoder.SampleRate);
                _write += quiet;
            }
            else if (Pending > 0)
            {
                // The frame begun is finished at the old rate; this payload opens the next one.
                FillConcealed(FrameSamples - Pending);
                _isHeld = true;
                _heldType = payloadType;
                return;
            }
            else
            {
                Retune(decoder.SampleRate);
            }
        }

        if (!ReferenceEquals(decoder, _decoder))
        {
            if (_decoder is not null && _source == Source.Decoder)
                _source = Source.Broken;
            _decoder = decoder;
            _buffer.RepairsFromNext = false;
        }

        // Behind the longest packet there is room for what an alignment puts before it.
        var room = Room(SampleRate * 140 / 1000)[..(SampleRate * 120 / 1000)];
        var count = decoder.Decode(payload, room);
        if (count <= 0 || count > room.Length)
        {
            Spoilt();
            return;
        }

        room = room[..count];
        if (isLate && _source == Source.Concealment && _concealer.IsAudible)
            room = Align(room);
        if (!IsDecoded)
            Blend(room);
        Append(count, Source.Decoder, FrameKind.Sound);
        _isDtx = payload.Length <= DtxBytes;
        _buffer.Advance(TicksOf(count));
    }

    // Sound that comes after all joins the concealment where both are in phase: up to a period more of it is put in between.
    private Span<short> Align(Span<short> fresh)
    {
        var window = Math.Min(fresh.Length, SampleRate * BlendMilliseconds / 1000);
        var ahead = _scratch.AsSpan(0, Math.Min(_concealer.Period + window, _scratch.Length));
        _concealer.Peek(ahead);
        var shift = Pitch.Match(ahead, fresh[..window], SampleRate);
        fresh.CopyTo(_sound.AsSpan(_write + shift));
        _concealer.Fill(_sound.AsSpan(_write, shift));
        Append(shift, Source.Concealment, FrameKind.Concealed);
        _stretched += TicksOf(shift);
        return _sound.AsSpan(_write, fresh.Length);
    }

    // A payload that cannot be read is as good as lost.
    private void Spoilt()
    {
        _unreadable++;
        var count = FrameSamples;
        FillConcealed(count);
        _buffer.Advance(TicksOf(count), isMadeUp: true);
    }

    private void Recover(ReadOnlySpan<byte> next, long gapTicks)
    {
        var count = Math.Min(SamplesOf(gapTicks), SampleRate * 120 / 1000);
        if (count > 0 && _decoder is not null)
        {
            var room = Room(count);
            if (_decoder.Recover(next, room))
            {
                _buffer.RepairsFromNext = true;
                if (!IsDecoded)
                    Blend(room);
                Append(count, Source.Decoder, FrameKind.Sound);
                _buffer.Advance(gapTicks);
                _recovered += gapTicks;
                return;
            }
        }

        ConcealStep(gapTicks);
    }

    private void ConcealStep(long gapTicks)
    {
        var ticks = Math.Min(gapTicks, ConcealMilliseconds * Millisecond);
        var count = Math.Max(1, SamplesOf(ticks));
        FillConcealed(count);
        _buffer.Advance(gapTicks < ConcealMilliseconds * Millisecond ? gapTicks : TicksOf(count), isMadeUp: true);
    }

    // By the codec where it can; else by waveform. The codec wants whole pieces of its frame: 10 ms suits all.
    private void FillConcealed(int count)
    {
        if (count <= 0)
            return;

        var room = Room(count);
        var isByCodec = IsDecoded && count % (SampleRate / 100) == 0 && _decoder is not null && _decoder.Conceal(room);
        if (isByCodec)
        {
            Append(count, Source.CodecConcealment, FrameKind.Concealed);
            return;
        }

        if (IsQuiet)
        {
            Quiet(room);
            Append(count, _source, FrameKind.Concealed);
            return;
        }

        if (!_concealer.IsActive)
            _concealer.Start(History(), SampleRate);
        _concealer.Fill(room);
        Append(count, Source.Concealment, FrameKind.Concealed);
    }

    private void PauseStep(long gapTicks)
    {
        var count = Missing(gapTicks);
        if (_isDtx && _decoder is not null && IsDecoded)
        {
            // Ten milliseconds at a time, as in a concealment; what is too much waits in the next frame.
            var piece = Room(SampleRate / 100);
            if (_decoder.Conceal(piece))
            {
                Append(piece.Length, Source.CodecConcealment, FrameKind.Noise);
                _buffer.Advance(TicksOf(piece.Length));
                return;
            }
        }

        var room = Room(count);
        Quiet(room);
        var source = _noise.IsKnown ? Source.Noise : Source.Silence;
        if (!IsQuiet)
            Blend(room);
        Append(count, source, _noise.IsKnown ? FrameKind.Noise : FrameKind.Silence);
        _buffer.Advance(TicksOf(count));
    }

    private void FillSilence(int count)
    {
        var room = Room(count);
        Quiet(room);
        if (!IsQuiet)
            Blend(room);
        Append(count, Source.Silence, FrameKind.Silence);
        _buffer.Advance(TicksOf(count));
    }

    private void Quiet(Span<short> room)
    {
        if (_noise.IsKnown)
            _noise.Fill(room);
        else
            room.Clear();
    }

    // Where the source of the sound changes, the old one goes on for some milliseconds and fades into the new one.
    private void Blend(Span<short> fresh)
    {
        var count = Math.Min(fresh.Length, SampleRate * BlendMilliseconds / 1000);
        var old = _scratch.AsSpan(0, count);
        if (IsQuiet)
        {
            Quiet(old);
        }
        else
        {
            if (!_concealer.IsActive)
                _concealer.Start(History(), SampleRate);
            _concealer.Fill(old);
        }

        for (var i = 0; i < count; i++)
        {
            var weight = (i + 1.0f) / (count + 1);
            fresh[i] = (short)((old[i] * (1 - weight)) + (fresh[i] * weight));
        }
    }

    private void Append(int count, Source source, FrameKind kind)
    {
        _write += count;
        _source = source;
        if (source != Source.Concealment)
            _concealer.Stop();
        _tailKind = kind;
        if (kind == FrameKind.Concealed || (kind > _kind && _kind != FrameKind.Concealed))
            _kind = kind;
    }

    private ReadOnlySpan<short> History() => _sound.AsSpan(_write - (SampleRate * HistoryMilliseconds / 1000), SampleRate * HistoryMilliseconds / 1000);

    // Free room behind what is there; what was heard long ago makes place.
    private Span<short> Room(int count)
    {
        if (_write + count > _sound.Length)
        {
            var keep = SampleRate * HistoryMilliseconds / 1000;
            var from = Math.Min(_read, _write) - keep;
            _sound.AsSpan(from, _write - from).CopyTo(_sound);
            _read -= from;
            _write -= from;
        }

        return _sound.AsSpan(_write, Math.Min(count, _sound.Length - _write));
    }

    private void Retune(int sampleRate)
    {
        var history = sampleRate * HistoryMilliseconds / 1000;
        var length = history + (sampleRate * RoomMilliseconds / 1000);
        if (_sound.Length < length)
            _sound = new short[length];
        else
            Array.Clear(_sound);
        SampleRate = sampleRate;
        _read = _write = history;
        _source = Source.Silence;
        _concealer.Stop();
    }

    private enum Source
    {
        Silence,
        Noise,
        Decoder,
        CodecConcealment,
        Concealment,

        /// <summary>A decoder whose sound breaks off: another follows, or some was left out.</summary>
        Broken,
    }
}
