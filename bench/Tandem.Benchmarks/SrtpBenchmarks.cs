using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Tandem.Media.Srtp;

namespace Tandem.Benchmarks;

/// <summary>One packet of G.711 (172 bytes) protected, and protected and taken: no bytes allocated in either.</summary>
[MemoryDiagnoser]
public class SrtpBenchmarks
{
    private readonly byte[] _packet = new byte[172 + SrtpContext.MaxExpansion];
    private SrtpContext _sender = null!;
    private SrtpContext _receiver = null!;
    private SrtpContext _alone = null!;
    private uint _sequence;

    [ParamsAllValues]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Create()
    {
        var key = SrtpKey.Create(Profile, new Random(1));
        _sender = SrtpContext.Create(Profile, key, SrtpOptions.Default);
        _receiver = SrtpContext.Create(Profile, key, SrtpOptions.Default);
        _alone = SrtpContext.Create(Profile, key, SrtpOptions.Default);
        _packet[0] = 0x80;
    }

    [Benchmark]
    public int Protect()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)++_sequence);
        var length = 172;
        _alone.ProtectRtp(_packet, ref length);
        return length;
    }

    [Benchmark]
    public SrtpVerdict ProtectAndTake()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)++_sequence);
        var length = 172;
        _sender.ProtectRtp(_packet, ref length);
        return _receiver.UnprotectRtp(_packet, ref length);
    }
}
