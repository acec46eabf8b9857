using Tandem.Core.Time;
using Tandem.Media.Codecs;

namespace Tandem.Media.Jitter;

/// <summary>How the sound of a tick is made of packets.</summary>
public sealed partial class StreamPlayer
{
    /// <summary>The longest packet, and room for a second one that is decoded ahead.</summary>
    private const int RoomMilliseconds = 320;
    private const int HistoryMilliseconds = WaveformConcealer.HistoryMilliseconds;

    /// <summary>Payloads of at most so many bytes are the silence of a codec with DTX of its own (Opus, RFC 6716 §2.1.9): its decoder makes the noise.</summary>
    private const int DtxBytes = 2;

    /// <summary>Steps of one tick: a bound for packets that hold nothing.</summary>
    private const int MaxSteps = 64;

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
