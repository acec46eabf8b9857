using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Rtp;

namespace Tandem.Media.Jitter;

/// <summary>
/// Turns the packets of one RTP stream into exactly 20 ms of sound per tick: jitter buffer, decoders, concealment, comfort noise, redundancy, and
/// time scaling that brings the delay to its target without a click. Sans-IO, one thread; nothing is allocated per packet or tick once
/// its decoders are made.
/// </summary>
public sealed partial class StreamPlayer : IDisposable
{
    /// <summary>The most samples of a frame: 20 ms at 48 kHz.</summary>
    public const int MaxFrameSamples = 960;

    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const int TickMilliseconds = 20;
    private const int EventClock = 8000;

    private readonly JitterBuffer _buffer;
    private readonly JitterOptions _options;
    private readonly Func<PayloadFormat, IAudioDecoder?> _create;
    private readonly WaveformConcealer _concealer = new();
    private readonly ComfortNoise _noise = new();
    private readonly PayloadUse[] _uses = new PayloadUse[128];
    private List<FormatDecoder> _decoders = [];
    private IAudioDecoder? _decoder;

    /// <param name="create">
    /// Makes a decoder for a format when its first packet comes; null when it cannot. What it gives is disposed of with the player, or when a new plan
    /// drops the format.
    /// </param>
    /// <param name="options">Limits of the jitter buffer.</param>
    /// <param name="pool">Where payloads wait; the shared pool by default.</param>
    public StreamPlayer(Func<PayloadFormat, IAudioDecoder?> create, JitterOptions options, BufferPool? pool = null)
    {
        _create = create;
        _options = options;
        _buffer = new JitterBuffer(options, pool);
        Retune(8000);
    }

    /// <summary>Hertz of the samples that <see cref="Read"/> gives: that of the decoder in use. It changes only between frames.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Samples of one frame.</summary>
    public int FrameSamples => SampleRate * TickMilliseconds / 1000;

    /// <summary>The format heard last; null before the first sound.</summary>
    public PayloadFormat? Format { get; private set; }

    /// <summary>
    /// Says which payload types mean what. Decoders whose format stays are kept with their state, so that a plan can be swapped between two packets.
    /// </summary>
    public void Configure(AudioPlan plan)
    {
        var kept = new List<FormatDecoder>(plan.Receives.Count);
        Array.Clear(_uses);
        foreach (var format in plan.Receives)
        {
            var index = _decoders.FindIndex(d => d.Format == format);
            if (index >= 0)
            {
                kept.Add(_decoders[index]);
                _decoders.RemoveAt(index);
            }
            else
            {
                kept.Add(new FormatDecoder(format));
            }

            _uses[format.PayloadType & 127] = new PayloadUse(Use.Audio, kept.Count - 1, format.Format.ClockRate);
        }

        foreach (var dropped in _decoders)
        {
            if (dropped.Decoder is not null && ReferenceEquals(dropped.Decoder, _decoder))
                _decoder = null;
            if (dropped.Decoder is { } old)
                CodecCatalog.Return(old);
        }

        _decoders = kept;
        if (Format is null && kept.Count > 0 && IsQuiet)
            Retune(kept[0].Format.Format.SampleRate);
        foreach (var type in plan.EventsIn)
            _uses[type & 127] = new PayloadUse(Use.Event, 0, EventClock);
        if (plan.ComfortNoiseIn >= 0)
            _uses[plan.ComfortNoiseIn & 127] = new PayloadUse(Use.Noise, 0, 8000);
        if (plan.RedundancyIn >= 0)
            _uses[plan.RedundancyIn & 127] = new PayloadUse(Use.Redundancy, 0, 0);
    }

    /// <summary>Takes in a packet of the stream, whatever its payload type: events and unknown ones count as not lost.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload, padding included; it is copied.</param>
    /// <param name="now">When it came.</param>
    public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, Moment now)
    {
        payload = payload[..Math.Max(0, payload.Length - header.PaddingLength)];
        ref readonly var use = ref _uses[header.PayloadType & 127];
        if (use.Use == Use.Redundancy && RedundantPayload.TryParse(payload, out var redundant))
        {
            ref readonly var primary = ref _uses[redundant.PrimaryType];
            _buffer.Put(header with { PayloadType = (byte)redundant.PrimaryType }, redundant.Primary, Clock(primary), ContentOf(primary), now);
            for (var i = 0; i < redundant.Count; i++)
            {
                var block = redundant.Block(i, out var type, out var offset);
                _buffer.PutRedundant(offset, redundant.Count - i, block, type, ContentOf(_uses[type]), now);
            }

            return;
        }

        if (use.Use is Use.Unknown or Use.Redundancy)
            _unreadable++;
        _buffer.Put(header, payload, Clock(use), ContentOf(use), now);
    }

    /// <summary>Forgets the stream: what follows begins anew. Counters stay.</summary>
    public void Reset()
    {
        _buffer.Reset();
        _noise.Reset();
        _concealer.Stop();
        _decoder?.Reset();
        _isHeld = false;
        Retune(SampleRate);
    }

    /// <summary>The delay of the jitter buffer as of the last tick, ms.</summary>
    public double BufferMilliseconds => _buffer.Read(_heardUntil).CurrentMilliseconds;

    /// <summary>The counters and delays as of the last tick.</summary>
    public PlayerReport Report() => new(
        _buffer.Read(_heardUntil),
        _buffer.ConcealedTicks / (double)Millisecond,
        _recovered / (double)Millisecond,
        _stretched / (double)Millisecond,
        _shortened / (double)Millisecond,
        _unreadable);

    public void Dispose()
    {
        _buffer.Dispose();
        foreach (var decoder in _decoders)
        {
            if (decoder.Decoder is { } used)
                CodecCatalog.Return(used);
        }

        _decoders = [];
        _decoder = null;
    }

    private static JitterContent ContentOf(in PayloadUse use) => use.Use switch
    {
        Use.Audio => JitterContent.Audio,
        Use.Noise => JitterContent.Noise,
        _ => JitterContent.Nothing,
    };

    private static int Clock(in PayloadUse use) => use.ClockRate == 0 ? EventClock : use.ClockRate;

    private IAudioDecoder? DecoderOf(int payloadType)
    {
        ref readonly var use = ref _uses[payloadType & 127];
        if (use.Use != Use.Audio)
            return null;

        var entry = _decoders[use.Index];
        if (!entry.WasTried)
        {
            entry.WasTried = true;
            entry.Decoder = _create(entry.Format);
        }

        Format = entry.Format;
        return entry.Decoder;
    }

    private enum Use : byte
    {
        Unknown,
        Audio,
        Noise,
        Event,
        Redundancy,
    }

    private readonly record struct PayloadUse(Use Use, int Index, int ClockRate);

    private sealed class FormatDecoder(PayloadFormat format)
    {
        public readonly PayloadFormat Format = format;
        public IAudioDecoder? Decoder;
        public bool WasTried;
    }
}
