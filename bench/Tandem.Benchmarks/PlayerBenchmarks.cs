using BenchmarkDotNet.Attributes;
using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Dtmf;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Media.Rtp;

namespace Tandem.Benchmarks;

/// <summary>One tick of a leg that is listened to: a packet of G.711 in, 20 ms of sound out; and the search for digits in it.</summary>
[MemoryDiagnoser]
public class PlayerBenchmarks
{
    private readonly StreamPlayer _player = new(format => CodecCatalog.CreateDecoder(format), new JitterOptions());
    private readonly DtmfDetector _detector = new();
    private readonly byte[] _payload = new byte[160];
    private readonly short[] _frame = new short[StreamPlayer.MaxFrameSamples];
    private long _now;
    private ushort _sequence;
    private uint _timestamp;

    /// <summary>Every so many packets one is lost; 0: none.</summary>
    [Params(0, 10)]
    public int LostOf { get; set; }

    [GlobalSetup]
    public void Start()
    {
        _player.Configure(new AudioPlan([new PayloadFormat(0, CodecCatalog.ByStaticType(0)!)], null, []));
        new Random(1).NextBytes(_payload);
    }

    [Benchmark]
    public FrameKind Tick()
    {
        _now += 20;
        _timestamp += 160;
        if (++_sequence % (LostOf == 0 ? int.MaxValue : LostOf) != 0)
            _player.Receive(new RtpHeader(0, false, _sequence, _timestamp, 1, 12, 0), _payload, Moment.FromMilliseconds(_now));
        return _player.Read(_frame, Moment.FromMilliseconds(_now + 3));
    }

    [Benchmark]
    public bool FindDigits()
    {
        _detector.Write(_frame.AsSpan(0, 160), 8000, Moment.Zero);
        return _detector.TryTake(out _);
    }
}
