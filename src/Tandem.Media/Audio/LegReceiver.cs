using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Dtmf;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Media.Rtp;

namespace Tandem.Media.Audio;

/// <summary>
/// What comes from one side, as sound: 20 ms a tick at the rate of the decoder in use, and the digits in it. The player with its buffer and
/// decoders is made when somebody first listens. Owned by the media loop.
/// </summary>
internal sealed class LegReceiver(JitterOptions options) : IDisposable
{
    private short[] _frame = [];
    private readonly TelephoneEventReader _events = new();
    private readonly DtmfCollector _digits = new();
    private readonly SignalledDigits _signalled = new();
    private bool _isDoubled;
    private DtmfDetector? _tones;
    private AudioPlan? _plan;
    private StreamPlayer? _player;
    private int _length;
    private int _wantedRate;

    /// <summary>Hertz of <see cref="Frame"/>.</summary>
    public int SampleRate => _player?.SampleRate ?? 8000;

    /// <summary>The sound of this tick; empty when nothing came, or nothing but silence.</summary>
    public ReadOnlySpan<short> Frame => _frame.AsSpan(0, _length);

    /// <summary>The same, to be changed in place.</summary>
    public Span<short> MutableFrame => _frame.AsSpan(0, _length);

    /// <summary>Tones are looked for in the sound.</summary>
    public bool FindsTones { get; set; }

    /// <summary>Tones that are found are taken out of the sound: the other side gets the digit otherwise.</summary>
    public bool RemovesTones { get; set; }

    /// <summary>Sound has begun to come.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>Digits that came by signalling wait.</summary>
    public bool HasSignalled => !_signalled.IsEmpty;

    /// <summary>The counters of the jitter buffer; null while nobody listens.</summary>
    public PlayerReport? Report => _player?.Report();

    /// <summary>What the jitter buffer delays the sound by, ms; null while nobody listens or nothing comes.</summary>
    public double? BufferMilliseconds => _player?.BufferMilliseconds is > 0 and var delay ? delay : null;

    public void Apply(AudioPlan? plan)
    {
        if (ReferenceEquals(plan, _plan))
            return;

        _plan = plan;
        if (plan is not null)
            _player?.Configure(plan);
    }

    /// <summary>
    /// Tells at which rate the sound will be used, Hz: a decoder of many rates works at no higher one than is of use. One that works already
    /// is kept unless it is too low.
    /// </summary>
    public void Expect(int rate)
    {
        if (rate <= _wantedRate)
            return;

        _wantedRate = rate;
        if (_player is null || _player.Format?.Format.Codec != AudioCodec.Opus || _player.SampleRate >= rate)
            return;

        _player.Dispose();
        _player = null;
    }

    /// <summary>Forgets what was heard: listening begins, or ended.</summary>
    public void Restart()
    {
        _player?.Reset();
        _length = 0;
        IsPlaying = false;
    }

    /// <summary>Gives the player with its decoders back.</summary>
    public void Rest()
    {
        _player?.Dispose();
        _player = null;
        _length = 0;
        _wantedRate = 0;
        IsPlaying = false;
    }

    /// <summary>Takes a packet.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload without padding.</param>
    /// <param name="sound">Sound is wanted, not events alone.</param>
    /// <param name="now">When it came.</param>
    public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, bool sound, Moment now)
    {
        if (_plan is not { } plan)
            return;

        if (IsEvent(plan, header.PayloadType))
            _events.Receive(header, payload, ClockRate(plan), now);
        if (!sound)
            return;

        // The payload comes without its padding.
        var player = _player ?? Make(plan);
        player.Receive(header.PaddingLength == 0 ? header : header with { PaddingLength = 0 }, payload, now);
    }

    /// <summary>Takes the sound of one tick.</summary>
    public void Read(Moment deadline)
    {
        _length = 0;
        if (_player is { } player && player.Read(_frame, deadline) != FrameKind.Silence)
        {
            IsPlaying = true;
            _length = player.FrameSamples;
        }

        if (!FindsTones)
            return;

        _tones ??= new DtmfDetector();
        if (_length > 0)
            _tones.Write(Frame, SampleRate, deadline);
        else
            _tones.WriteSilence(20, deadline);
        if (RemovesTones && _tones.IsPressed)
            _length = 0;
    }

    /// <summary>Takes the next digit that is over; each press comes once, in however many kinds it was sent.</summary>
    public bool TryTakeDigit(Moment now, out DtmfDigit digit)
    {
        _events.Advance(now);
        while (_events.TryTake(out digit) || (_tones is { } tones && tones.TryTake(out digit)) || TryTakeSignalled(now, out digit))
        {
            if (!IsKnown(digit))
                return true;
        }

        return false;
    }

    /// <summary>A digit came by signalling; false when too many wait.</summary>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long.</param>
    /// <param name="now">The time.</param>
    /// <param name="patience">How long it waits for the media to bring it too, where that can be.</param>
    public bool Press(char digit, int milliseconds, Moment now, TimeSpan patience) =>
        _signalled.TryAdd(digit, milliseconds, now, BringsDigits ? patience : TimeSpan.Zero);

    public void Dispose() => Rest();

    private StreamPlayer Make(AudioPlan plan)
    {
        _player = new StreamPlayer(format => CodecCatalog.CreateDecoder(format, _wantedRate), options);
        if (_frame.Length == 0)
            _frame = new short[StreamPlayer.MaxFrameSamples];
        _player.Configure(plan);
        return _player;
    }

    private bool BringsDigits => FindsTones || _plan is { EventsIn.Count: > 0 };

    // Events as well as INFO: from then on the media brings all keys of the side, and INFO is only the same once more, however late it comes (a
    // phone may let one INFO wait for the end of the transaction of the one before: 5 s over UDP).
    private bool IsKnown(in DtmfDigit digit)
    {
        if (digit.Kind == DtmfKind.Info && _isDoubled && BringsDigits)
            return true;
        if (_digits.Add(digit))
            return false;

        _isDoubled = true;
        return true;
    }

    private bool TryTakeSignalled(Moment now, out DtmfDigit digit) => _signalled.TryTake(
        now,
        _events.IsPressed ? _events.Pressed : default,
        FindsTones && _tones is { IsPressed: true } tones ? tones.Pressed : default,
        out digit);

    private static bool IsEvent(AudioPlan plan, int payloadType)
    {
        for (var i = 0; i < plan.EventsIn.Count; i++)
        {
            if (plan.EventsIn[i] == payloadType)
                return true;
        }

        return false;
    }

    // RFC 4733 §2.1: events run on the clock of the sound that they belong to.
    private int ClockRate(AudioPlan plan) =>
        (_player?.Format ?? (plan.Receives.Count > 0 ? plan.Receives[0] : null))?.Format.ClockRate ?? 8000;
}
