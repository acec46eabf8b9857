using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Jitter;

/// <summary>A player that hears packets in virtual time: ticks of 20 ms, and what each gave.</summary>
internal sealed class Listening : IDisposable
{
    private readonly Queue<Packet> _coming = new();
    private readonly short[] _frame = new short[StreamPlayer.MaxFrameSamples];

    public Listening(JitterOptions? options = null, AudioPlan? plan = null, Func<PayloadFormat, IAudioDecoder?>? decoders = null)
    {
        Player = new StreamPlayer(decoders ?? (format => new LinearCoder(format.Format.SampleRate)), options ?? new JitterOptions());
        Player.Configure(plan ?? Plan());
    }

    public StreamPlayer Player { get; }

    public List<short> Heard { get; } = [];

    public List<FrameKind> Kinds { get; } = [];

    /// <summary>The delay and the target at each tick, ms.</summary>
    public List<(double Current, double Target)> Delays { get; } = [];

    public double Now { get; private set; } = 7;

    public PlayerReport Report => Player.Report();

    public static AudioPlan Plan(int rate = 8000, int clock = 0) =>
        new([new PayloadFormat(96, LinearCoder.Format(rate, clock))], null, [101], -1, 13, 97);

    /// <summary>Ticks until <paramref name="until"/>, ms; packets come when they come, later ones in a later call.</summary>
    public Listening Hear(IEnumerable<Packet> packets, double until)
    {
        foreach (var packet in packets)
            _coming.Enqueue(packet);
        while (Now < until)
        {
            while (_coming.TryPeek(out var packet) && packet.Arrival <= Now)
            {
                _coming.Dequeue();
                Player.Receive(packet.Header, packet.Payload, packet.At);
            }

            Kinds.Add(Player.Read(_frame, At(Now)));
            Heard.AddRange(_frame.AsSpan(0, Player.FrameSamples));
            var report = Report.Buffer;
            Delays.Add((report.CurrentMilliseconds, report.TargetMilliseconds));
            Now += 20;
        }

        return this;
    }

    public ToneReport Tone(double hertz, double skipSeconds = 0) =>
        ToneMeter.Measure(new WavFile(Player.SampleRate, [.. Heard.Skip((int)(skipSeconds * Player.SampleRate))]), hertz);

    /// <summary>The largest step between two neighbouring samples: a click shows here.</summary>
    public int LargestStep()
    {
        var largest = 0;
        for (var i = 1; i < Heard.Count; i++)
            largest = Math.Max(largest, Math.Abs(Heard[i] - Heard[i - 1]));
        return largest;
    }

    public static Func<long, short> Sine(double hertz, double amplitude = 10_000, int rate = 8000) =>
        n => (short)(amplitude * Math.Sin(2 * Math.PI * hertz * n / rate));

    public void Dispose() => Player.Dispose();

    private static Moment At(double milliseconds) => new((long)(milliseconds * TimeSpan.TicksPerMillisecond));
}
