using Tandem.Media.Dtmf;
using Tandem.Media.Plan;

namespace Tandem.Media.Audio;

/// <summary>
/// Digits on their way to one side, one after the other: as events of RFC 4733 in the stream that we send, or as tones in its sound. It
/// advances 20 ms a tick. Owned by the media loop.
/// </summary>
internal sealed class DigitSender(AudioOptions options)
{
    /// <summary>A pause in a text of digits.</summary>
    private const char Comma = ',';

    private const int TickMilliseconds = 20;
    private const int Shortest = 40;
    private const int Longest = 5000;
    private const int CommaMilliseconds = 500;

    private readonly Queue<Entry> _queue = new();
    private readonly DtmfToneGenerator _tone = new();
    private readonly TelephoneEventWriter _event = new();
    private AudioPlan? _plan;
    private Entry _current;
    private bool _hasCurrent;
    private bool _asEvent;
    private int _elapsed;
    private int _pause;

    /// <summary>Digits wait or are being sent.</summary>
    public bool IsBusy => _hasCurrent || _queue.Count > 0 || _pause > 0;

    /// <summary>In this tick an event goes out instead of sound.</summary>
    public bool IsEvent => _hasCurrent && _asEvent;

    public void Apply(AudioPlan? plan) => _plan = plan;

    /// <summary>Puts digits behind those that wait; false when there is no room, or no digit, and then none is sent.</summary>
    public bool TryAdd(string digits, int milliseconds, DtmfKind? kind, long id)
    {
        var last = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            if (DtmfDigits.CodeOf(digits[i]) >= 0)
                last = i;
        }

        if (last < 0 || _queue.Count + last >= options.MaxDigits)
            return false;

        for (var i = 0; i <= last; i++)
        {
            var isPause = digits[i] == Comma;
            if (isPause || DtmfDigits.CodeOf(digits[i]) >= 0)
                _queue.Enqueue(new Entry(digits[i], isPause ? CommaMilliseconds : Math.Clamp(milliseconds, Shortest, Longest), kind, id, i == last));
        }

        return true;
    }

    /// <summary>Puts one digit behind those that wait, if there is room.</summary>
    public void Add(char digit, int milliseconds, DtmfKind kind)
    {
        if (_queue.Count < options.MaxDigits && DtmfDigits.CodeOf(digit) >= 0)
            _queue.Enqueue(new Entry(digit, Math.Clamp(milliseconds, Shortest, Longest), kind, 0, false));
    }

    /// <summary>Begins what is due. Once a tick, before the others.</summary>
    public void Begin()
    {
        if (_hasCurrent || _pause > 0 || !_queue.TryDequeue(out _current))
            return;

        _hasCurrent = true;
        _elapsed = 0;
        _asEvent = _current.Digit != Comma && _current.Kind != DtmfKind.InBand && _plan is { EventOut: >= 0 };
    }

    /// <summary>The tone of this tick, in <paramref name="frame"/>; empty when there is none.</summary>
    public ReadOnlySpan<short> Tone(Span<short> frame, int sampleRate)
    {
        if (!_hasCurrent || _asEvent || _current.Digit == Comma)
            return default;

        if (_elapsed == 0)
            _tone.Start(_current.Digit, _current.Milliseconds, sampleRate);
        _tone.Fill(frame);
        return frame;
    }

    /// <summary>Sends the packet of this tick while <see cref="IsEvent"/>.</summary>
    public void SendEvent(LegSender sender, long tick, Span<byte> packet, IRtpOutput output)
    {
        var start = sender.Reach(tick);
        if (_elapsed == 0)
            _event.Begin(_current.Digit, _current.Milliseconds, start, sender.ClockRate);
        if (_event.TryWrite(sender.ClockRate / 50, packet[LegSender.HeaderLength..], out var timestamp, out var isMarked))
            sender.SendEvent(_plan!.EventOut, isMarked, timestamp, TelephoneEventWriter.PayloadBytes, packet, output);
    }

    /// <summary>Ends the tick. Once a tick, after the others.</summary>
    /// <param name="sent">Hears the number of a command whose last digit is out.</param>
    public void Step(Action<long, bool> sent)
    {
        if (_pause > 0)
        {
            _pause -= TickMilliseconds;
            return;
        }

        if (!_hasCurrent)
            return;

        // The repetitions of the last packet belong to the event.
        _elapsed += TickMilliseconds;
        if (_elapsed < _current.Milliseconds || (_asEvent && _event.IsActive))
            return;

        _hasCurrent = false;
        _pause = _current.Digit == Comma ? 0 : (int)options.DigitPause.TotalMilliseconds;
        if (_current.IsLast)
            sent(_current.Id, true);
    }

    /// <summary>Drops what waits and tells the commands.</summary>
    public void Clear(Action<long, bool> sent)
    {
        if (_hasCurrent && _current.IsLast)
            sent(_current.Id, false);
        _hasCurrent = false;
        _pause = 0;
        while (_queue.TryDequeue(out var entry))
        {
            if (entry.IsLast)
                sent(entry.Id, false);
        }
    }

    private readonly record struct Entry(char Digit, int Milliseconds, DtmfKind? Kind, long Id, bool IsLast);
}
