using BenchmarkDotNet.Running;
using Tandem.Benchmarks;

// dotnet run -c Release --project bench/Tandem.Benchmarks -- --filter '*' (or '*Parser*'; --job short for a quick look)
// dotnet run -c Release --project bench/Tandem.Benchmarks -- codecs (or dtls, srtp)
if (args is ["codecs"])
    CodecCosts.Run();
else if (args is ["dtls"])
    DtlsCosts.Run();
else if (args is ["srtp"])
    SrtpCosts.Run();
else
    BenchmarkSwitcher.FromAssembly(typeof(ParserBenchmarks).Assembly).Run(args);
