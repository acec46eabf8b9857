using Tandem.Core.Time;
using Tandem.Media.Events;
using Tandem.Media.Mixing;

namespace Tandem.Media.Audio;

/// <summary>What the side hears.</summary>
internal sealed partial class AudioLeg
{
    // Reports come every five seconds; once a second is soon enough.
    private const int TicksPerLoss = 50;

    private readonly RateConverter _toSide = new();
    private object? _source;
    private short _last;

    /// <summary>Digits on their way to the side.</summary>
    public DigitSender Digits { get; }

    public int Plays => _plays.Count;

    /// <summary>A playback that takes the place of everything else.</summary>
    public bool IsTaken => _plays.Count > 0 && _plays[0].Mode != PlayMode.Mix;

    /// <summary>Begins a playback.</summary>
    public void Play(ActivePlay play)
    {
        if (play.SampleRate is < 8000 or > 48000 || play.SampleRate % 50 != 0)
        {
            End(play, PlaybackEnd.Failed);
            return;
        }

        if (_plays.Count >= _context.Options.MaxPlays || (_plays.Count > 0 && _plays[0].Mode == PlayMode.Exclusive))
        {
            End(play, PlaybackEnd.Refused);
            return;
        }

        if (play.Mode != PlayMode.Mix)
            StopAll(PlaybackEnd.Replaced);
        _plays.Add(play);
    }

    /// <summary>Stops a playback; false when it is not here.</summary>
    public bool Stop(PlayId id)
    {
        for (var i = 0; i < _plays.Count; i++)
        {
            if (_plays[i].Id != id)
                continue;

            var play = _plays[i];
            _plays.RemoveAt(i);
            End(play, PlaybackEnd.Stopped);
            return true;
        }

        return false;
    }

    /// <summary>
    /// Writes 20 ms to the side. Returns what it hears, for taps; empty when it was not put together, because nobody asked
    /// (<paramref name="isTapped"/>).
    /// </summary>
    /// <param name="tick">The tick, with its buffers.</param>
    /// <param name="other">Whom it hears when nothing else is there; null for nobody.</param>
    /// <param name="isTapped">Somebody listens to what it hears.</param>
    /// <param name="rate">Hertz of what is returned.</param>
    public ReadOnlySpan<short> Write(AudioTick tick, AudioLeg? other, bool isTapped, out int rate)
    {
        rate = 8000;
        if (_path is not { } path)
            return default;

        if (tick.Number % TicksPerLoss == 0)
            Sender.SetLoss(path.Loss);

        var isWanted = Plan is { Receives: true };
        Digits.Begin();
        if (isWanted && !isTapped && TryShare(tick, path))
            return default;
        if (!Sender.TryPrepare(SourceRate(other)))
            return default;

        rate = Sender.SampleRate;
        var frame = Compose(tick, other, rate);
        var tone = Digits.Tone(tick.Scratch(rate / 50), rate);
        if (!tone.IsEmpty)
            frame = tone;
        EndPlays();
        if (Digits.IsEvent)
        {
            if (isWanted)
                Digits.SendEvent(Sender, tick.Number, tick.Packet, path);
            Sender.Skip(tick.Number);
        }
        else if (isWanted)
        {
            Sender.Send(frame, tick.Number, tick.Packet, path);
        }

        Digits.Step(_sent);
        return frame;
    }

    // Who adds nothing to the mix and has nothing of his own hears what many hear: it is encoded once for all of them.
    private bool TryShare(AudioTick tick, ILegPath path)
    {
        if (Mix is not { } mix || Member is not { } member || Sender.Format is not { } format)
            return false;
        if (_plays.Count > 0 || Digits.IsBusy || IsDeaf || HearingGain != SampleMath.Unity || Sender.PacketMilliseconds != 20 || !Sender.IsAligned)
            return false;
        if (!mix.TryShare(member, format, tick, out var payload))
            return false;

        Sender.SendEncoded(payload, tick.Number, tick.Packet, path);
        _source = mix;
        _last = mix.LastSample;
        return true;
    }

    private int SourceRate(AudioLeg? other)
    {
        var rate = Mix is { } mix ? mix.SampleRate : IsEcho ? Rate : other?.Rate ?? 8000;
        foreach (var play in _plays)
            rate = Math.Max(rate, play.SampleRate);
        return rate;
    }

    private ReadOnlySpan<short> Compose(AudioTick tick, AudioLeg? other, int rate)
    {
        var samples = rate / 50;
        var frame = tick.Frame(samples);
        var source = Base(tick, other, rate, frame, out var sound);
        for (var i = IsTaken ? 1 : 0; i < _plays.Count; i++)
        {
            // The sound of somebody else is not ours to change.
            if (source is null)
                frame.Clear();
            else if (!sound.Overlaps(frame))
                sound.CopyTo(frame);

            var scratch = tick.Scratch(samples);
            _plays[i].Read(scratch, rate);
            SampleMath.Mix(frame, scratch);
            source ??= _plays[i];
            sound = frame;
        }

        if (source is null)
            sound = tick.Noise.Frame(samples, tick.Number);

        if (!ReferenceEquals(source, _source))
        {
            if (!sound.Overlaps(frame))
                sound.CopyTo(frame);
            sound = frame;
            SampleMath.Join(_last, frame, (int)(rate * _context.Options.Fade.TotalSeconds));
            _source = source;
        }

        _last = sound[^1];
        return sound;
    }

    // What is heard under playbacks that mix; null for nothing. Where it can it is the sound itself, and nothing is copied.
    private object? Base(AudioTick tick, AudioLeg? other, int rate, Span<short> frame, out ReadOnlySpan<short> sound)
    {
        sound = frame;
        if (IsTaken)
        {
            _plays[0].Read(frame, rate);
            return _plays[0];
        }

        if (IsDeaf)
            return null;

        if (Mix is { } mix && Member is { } member)
        {
            if (!mix.Render(member, tick, rate, _toSide, frame))
                return null;

            SampleMath.Scale(frame, HearingGain);
            return mix;
        }

        var heard = IsEcho ? this : other;
        if (heard is null || heard.Frame.IsEmpty)
            return null;

        if (heard.Rate == rate && HearingGain == SampleMath.Unity)
        {
            sound = heard.Frame;
        }
        else
        {
            _toSide.Convert(heard.Frame, heard.Rate, frame, rate);
            SampleMath.Scale(frame, HearingGain);
        }

        return heard;
    }

    private void EndPlays()
    {
        for (var i = _plays.Count - 1; i >= 0; i--)
        {
            var play = _plays[i];
            if (play.End is not { } reason)
                continue;

            _plays.RemoveAt(i);
            End(play, reason);
        }
    }

    private void StopAll(PlaybackEnd reason)
    {
        while (_plays.Count > 0)
        {
            var play = _plays[^1];
            _plays.RemoveAt(_plays.Count - 1);
            End(play, reason);
        }
    }

    private void End(ActivePlay play, PlaybackEnd reason)
    {
        play.Dispose();
        _context.Raise(new PlaybackEnded(Side, play.Id, reason));
    }
}
