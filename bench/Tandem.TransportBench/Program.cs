using System.Diagnostics;
using System.Globalization;
using Tandem.Sip.Transport;
using Tandem.TransportBench;

// serve MODE SHARDS: the measured process.  digest: the cost of authentication.  Otherwise [ROUNDS [SECONDS [RATE]]]: compares the receive modes.
if (args is ["serve", var name, var count])
{
    await EchoServer.RunAsync(Enum.Parse<UdpReceiveMode>(name), int.Parse(count, CultureInfo.InvariantCulture));
    return;
}

if (args is ["digest"])
{
    DigestBench.Run();
    return;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
int[] rates = args.Length > 2 ? [int.Parse(args[2], CultureInfo.InvariantCulture)] : [1_000, 5_000, 20_000, 0];
Console.WriteLine($"Server CPU per message (request in, answer out), 2 shards, median of {rounds} rounds of {seconds} s");
Console.WriteLine($"{"load",-10} {"sources",7}   {string.Join("   ", Enum.GetNames<UdpReceiveMode>().Select(n => $"{n,16}"))}");
foreach (var sources in new[] { 1, 32 })
{
    foreach (var rate in rates)
    {
        var cells = new Dictionary<UdpReceiveMode, List<(double Micros, double Rate)>>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var mode in Enum.GetValues<UdpReceiveMode>())
            {
                if (!cells.TryGetValue(mode, out var results))
                    cells[mode] = results = [];

                results.Add(Measure(mode, sources, rate, TimeSpan.FromSeconds(seconds)));
            }
        }

        var columns = cells.Values.Select(r => r.OrderBy(x => x.Micros).ElementAt(r.Count / 2)).Select(r => $"{r.Micros,5:0.0} us at {r.Rate / 1000,4:0.0}k");
        Console.WriteLine($"{(rate == 0 ? "saturated" : rate + "/s"),-10} {sources,7}   {string.Join("   ", columns)}");
    }
}

static (double Micros, double Rate) Measure(UdpReceiveMode mode, int sources, int rate, TimeSpan duration)
{
    using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. SelfArguments(), "serve", mode.ToString(), "2"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
    var port = int.Parse(server.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    using var generator = new Generator(sources, port);
    generator.Run(0, TimeSpan.FromSeconds(1.5));
    var before = CpuMicros(server.Id);
    var began = Stopwatch.GetTimestamp();
    generator.Run(rate, duration);
    var elapsed = Stopwatch.GetElapsedTime(began);
    var used = CpuMicros(server.Id) - before;
    server.StandardInput.Close();
    server.WaitForExit();
    return (used / Math.Max(1, generator.Answered), generator.Answered / elapsed.TotalSeconds);
}

static string[] SelfArguments() =>
    Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

// schedstat counts in nanoseconds, for each thread; stat only in ticks of 10 ms.
static double CpuMicros(int process)
{
    var sum = 0.0;
    foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
    {
        var text = File.ReadAllText(Path.Combine(thread, "schedstat"));
        sum += double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) / 1_000;
    }

    return sum;
}
