using Tandem.Media.Codecs;

namespace Tandem.Media.Jitter;

/// <summary>What is heard where packets are missing: repair, concealment, comfort noise, silence, and the blending between them.</summary>
public sealed partial class StreamPlayer
{
    private const int BlendMilliseconds = 5;
    private const int ConcealMilliseconds = 10;

    private long _recovered;

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
}
