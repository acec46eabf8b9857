using Tandem.Core.Time;
using Tandem.Media.Codecs;
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
    private AudioPlan? _plan;
    private StreamPlayer? _player;
    private int _length;
    private int _wantedRate;
    private bool _isConfigured;

    /// <summary>Hertz of <see cref="Frame"/>.</summary>
    public int SampleRate => _player?.SampleRate ?? 8000;

    /// <summary>The sound of this tick; empty when nothing came, or nothing but silence.</summary>
    public ReadOnlySpan<short> Frame => _frame.AsSpan(0, _length);

    /// <summary>The same, to be changed in place.</summary>
    public Span<short> MutableFrame => _frame.AsSpan(0, _length);

    /// <summary>Sound has begun to come.</summary>
    public bool IsPlaying { get; private set; }

    /// <summary>The counters of the jitter buffer; null while nobody listens.</summary>
    public PlayerReport? Report => _player?.Report();

    public void Apply(AudioPlan? plan)
    {
        if (ReferenceEquals(plan, _plan))
            return;

        _plan = plan;
        _isConfigured = false;
        if (_player is not null && plan is not null)
            Configure(_player, plan);
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
    public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, Moment now)
    {
        if (_plan is not { } plan)
            return;

        // The payload comes without its padding.
        var player = _player ?? Make(plan);
        player.Receive(header.PaddingLength == 0 ? header : header with { PaddingLength = 0 }, payload, now);
    }

    /// <summary>Takes the sound of one tick.</summary>
    public void Read(Moment deadline)
    {
        _length = 0;
        if (_player is not { } player || !_isConfigured)
            return;

        var kind = player.Read(_frame, deadline);
        if (kind == FrameKind.Silence)
            return;

        IsPlaying = true;
        _length = player.FrameSamples;
    }

    public void Dispose() => Rest();

    private StreamPlayer Make(AudioPlan plan)
    {
        _player = new StreamPlayer(format => CodecCatalog.CreateDecoder(format, _wantedRate), options);
        if (_frame.Length == 0)
            _frame = new short[StreamPlayer.MaxFrameSamples];
        Configure(_player, plan);
        return _player;
    }

    private void Configure(StreamPlayer player, AudioPlan plan)
    {
        player.Configure(plan);
        _isConfigured = true;
    }
}
