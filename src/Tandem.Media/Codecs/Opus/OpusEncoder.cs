using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Opus;

/// <summary>Opus (RFC 6716, 7587) by libopus: one channel, variable rate, redundancy by the loss that the far side reports.</summary>
internal sealed unsafe class OpusEncoder : IAudioEncoder
{
    /// <summary>Payload bytes of the longest packet of 20 ms (RFC 6716 §3.4: 1275 a frame).</summary>
    private const int MaxFrameBytes = 1275;

    private readonly nint _state;
    private int _bitrate;
    private int _packetMilliseconds = 20;
    private int _loss;
    private bool _isFreed;

    /// <param name="sampleRate">8000, 12000, 16000, 24000 or 48000.</param>
    public OpusEncoder(int sampleRate)
    {
        int error;
        _state = LibOpus.EncoderCreate(sampleRate, 1, LibOpus.ApplicationVoip, &error);
        if (_state == 0)
            throw new InvalidOperationException($"libopus makes no encoder at {sampleRate} Hz: error {error}");
        SampleRate = sampleRate;
    }

    ~OpusEncoder() => Free();

    public int SampleRate { get; }

    /// <summary>Four times the average, and room for the smallest rate; libopus keeps to it.</summary>
    public int MaxPayload => Math.Clamp(_bitrate / 8 * _packetMilliseconds / 1000 * 4, 128, MaxFrameBytes);

    /// <summary>Sets what <paramref name="wishes"/> of the far side and our options ask for; all else is as after a reset.</summary>
    public void Configure(OpusParameters wishes, CodecOptions options, int packetMilliseconds)
    {
        _packetMilliseconds = packetMilliseconds;
        _bitrate = options.OpusBitrate != 0 ? options.OpusBitrate : SampleRate <= 16000 ? 24000 : 32000;
        if (wishes.MaxAverageBitrate != 0)
            _bitrate = Math.Min(_bitrate, wishes.MaxAverageBitrate);

        Reset();
        Set(LibOpus.SetBitrate, _bitrate);
        Set(LibOpus.SetComplexity, options.OpusComplexity);
        Set(LibOpus.SetVbr, wishes.ConstantBitrate ? 0 : 1);
        Set(LibOpus.SetMaxBandwidth, Bandwidth(wishes.MaxPlaybackRate));
        Set(LibOpus.SetInbandFec, wishes.InbandFec ? 1 : 0);
        Set(LibOpus.SetDtx, wishes.Dtx ? 1 : 0);
        _loss = -1;
        SetLoss(0);
    }

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        if (samples.IsEmpty || payload.IsEmpty)
            return 0;

        fixed (short* input = samples)
        fixed (byte* output = payload)
        {
            var length = LibOpus.Encode(_state, input, samples.Length, output, Math.Min(payload.Length, MaxPayload));

            // Two bytes or fewer need not be sent (DTX).
            return length <= 2 ? 0 : length;
        }
    }

    public void SetLoss(double fraction)
    {
        var percent = (int)Math.Clamp(Math.Round(fraction * 100), 0, 100);
        if (percent == _loss)
            return;
        _loss = percent;
        Set(LibOpus.SetPacketLoss, percent);
    }

    public void Reset() => Set(LibOpus.ResetState, 0);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Set(int request, int value) => LibOpus.EncoderControl(_state, request, value);

    // RFC 6716 §2.1.3: the audio bandwidth of each sample rate.
    private static int Bandwidth(int playbackRate) => playbackRate switch
    {
        < 12000 => LibOpus.BandwidthNarrow,
        < 16000 => LibOpus.BandwidthMedium,
        < 24000 => LibOpus.BandwidthWide,
        < 48000 => LibOpus.BandwidthSuperWide,
        _ => LibOpus.BandwidthFull,
    };

    private void Free()
    {
        if (_isFreed)
            return;
        _isFreed = true;
        if (_state != 0)
            LibOpus.EncoderDestroy(_state);
    }
}
