using BenchmarkDotNet.Attributes;
using Tandem.Sip.Authentication;

namespace Tandem.Benchmarks;

/// <summary>The two hashes of a digest check (RFC 7616 §3.4.1).</summary>
[MemoryDiagnoser]
public class DigestBenchmarks
{
    private readonly byte[] _hashA1 = new byte[DigestCalculator.MaxHexLength];
    private readonly byte[] _response = new byte[DigestCalculator.MaxHexLength / 2];
    private int _length;

    [Params(DigestAlgorithm.Md5, DigestAlgorithm.Sha256)]
    public DigestAlgorithm Algorithm { get; set; }

    [GlobalSetup]
    public void HashSecret() => _length = DigestCalculator.HashA1(Algorithm, "10000"u8, "tandem"u8, "bench-secret-1"u8, _hashA1);

    [Benchmark]
    public int Response() => DigestCalculator.Response(
        Algorithm, _hashA1.AsSpan(0, _length), "AAAAABjOKFQEVcKgLHITGa3zFmGNM+vLXAqM7OY0"u8, "00000001"u8, "0a4f113b"u8, "auth"u8, "REGISTER"u8,
        "sip:127.0.0.1:5060"u8, _response);
}
