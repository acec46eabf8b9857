using BenchmarkDotNet.Attributes;
using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Wire;

namespace Tandem.Benchmarks;

/// <summary>One message from bytes to a message and back to its pool.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private byte[] _bytes = [];

    [Params("REGISTER", "INVITE", "200")]
    public string Message { get; set; } = "";

    [GlobalSetup]
    public void Choose() => _bytes = Message switch
    {
        "REGISTER" => SipSamples.RegisterWithAuthorization,
        "INVITE" => SipSamples.Invite,
        _ => SipSamples.InviteOk,
    };

    [Benchmark]
    public int Parse()
    {
        var buffer = BufferPool.Shared.Rent(_bytes.Length);
        _bytes.CopyTo(buffer.Array, 0);
        buffer.Length = _bytes.Length;
        SipParser.Parse(buffer, SipLimits.Default, out var message);
        var headers = message!.Headers.Length;
        message.Release();
        return headers;
    }
}
