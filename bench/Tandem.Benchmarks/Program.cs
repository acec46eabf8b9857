using BenchmarkDotNet.Running;
using Tandem.Benchmarks;

// dotnet run -c Release --project bench/Tandem.Benchmarks -- --filter '*' (or '*Parser*'; --job short for a quick look)
BenchmarkSwitcher.FromAssembly(typeof(ParserBenchmarks).Assembly).Run(args);
