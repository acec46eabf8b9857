using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tandem.Load.Sip;

namespace Tandem.Load.Tables;

/// <summary>One measured run: generators against a server, CPU over the plateau.</summary>
internal sealed class Run
{
    private const double PlateauBegin = 0.35;
    private const double PlateauEnd = 0.95;

    private readonly ConcurrentDictionary<string, Histogram> _latencies = new();
    private double _onPlateau;

    /// <summary>Operations a second, over the plateau.</summary>
    public double Rate { get; private set; }

    /// <summary>CPU of the server for each operation, in microseconds.</summary>
    public double MicrosecondsEach { get; private set; }

    /// <summary>Share of its core that the server used.</summary>
    public double ServerShare { get; private set; }

    /// <summary>Share of their core that all generators used.</summary>
    public double GeneratorShare { get; private set; }

    /// <summary>Operations that ended well, over the whole run.</summary>
    public long Done { get; private set; }

    /// <summary>Operations that failed, over the whole run: also those of a server that has just been started.</summary>
    public long Failed { get; private set; }

    /// <summary>Operations that failed over the plateau.</summary>
    public long FailedOnPlateau { get; private set; }

    public string LastFailure { get; private set; } = "";

    /// <summary>Operations for each CPU second of the server.</summary>
    public double PerCpuSecond => MicrosecondsEach > 0 ? 1e6 / MicrosecondsEach : 0;

    /// <summary>True when, over the plateau that is measured, the generators had room and next to nothing failed.</summary>
    public bool Counts => GeneratorShare < 0.9 && FailedOnPlateau <= _onPlateau / 1000;

    public IReadOnlyDictionary<string, Histogram> Latencies => _latencies;

    /// <param name="server">Started.</param>
    /// <param name="options">How many generators, and where.</param>
    /// <param name="arguments">Of each generator; window, rate and users are of all together and are divided.</param>
    public static Run Of(Server server, TableOptions options, GeneratorArguments arguments)
    {
        var run = new Run();
        var progress = new List<Progress>[options.Generators];
        var processes = new Process[options.Generators];
        for (var i = 0; i < processes.Length; i++)
        {
            var own = progress[i] = [];
            var info = new ProcessStartInfo("taskset") { RedirectStandardOutput = true };
            foreach (var argument in (string[])["-c", options.GeneratorCore, "dotnet", typeof(Run).Assembly.Location, "sip", .. arguments.Of(i, processes.Length, options)])
                info.ArgumentList.Add(argument);

            processes[i] = Process.Start(info)!;
            processes[i].OutputDataReceived += (_, line) => run.Read(line.Data, own);
            processes[i].BeginOutputReadLine();
        }

        var cpu = new List<(double At, double Value)>();
        while (Array.Exists(processes, process => !process.HasExited))
        {
            cpu.Add((Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, server.CpuSeconds()));
            Thread.Sleep(100);
        }

        foreach (var process in processes)
        {
            process.WaitForExit();
            process.Dispose();
        }

        if (Array.Exists(progress, own => own.Count < 5))
            throw new InvalidDataException($"a generator ended before its time (at {server.Name}: {server.LastLine})");

        run.Compute(progress, cpu);
        return run;
    }

    private void Compute(List<Progress>[] progress, List<(double At, double Value)> cpu)
    {
        var first = progress.Max(own => own[0].At);
        var last = progress.Min(own => own[^1].At);
        var begin = first + ((last - first) * PlateauBegin);
        var end = first + ((last - first) * PlateauEnd);
        double Plateau(Func<Progress, double> value) =>
            progress.Sum(own => own.ConvertAll(p => (p.At, value(p))) is var points ? At(points, end) - At(points, begin) : 0);

        var operations = _onPlateau = Plateau(p => p.Done);
        var used = At(cpu, end) - At(cpu, begin);
        Rate = operations / (end - begin);
        MicrosecondsEach = operations > 0 ? used * 1e6 / operations : 0;
        ServerShare = used / (end - begin);
        GeneratorShare = Plateau(p => p.Cpu) / (end - begin);
        FailedOnPlateau = (long)Math.Ceiling(Plateau(p => p.Failed));
        Done = progress.Sum(own => own[^1].Done);
        Failed = progress.Sum(own => own[^1].Failed);
    }

    private static double At(List<(double At, double Value)> points, double time)
    {
        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].At >= time)
                return points[i - 1].Value + ((points[i].Value - points[i - 1].Value) * (time - points[i - 1].At) / (points[i].At - points[i - 1].At));
        }

        return points[^1].Value;
    }

    private void Read(string? line, List<Progress> own)
    {
        var parts = line?.Split(' ', 3) ?? [];
        switch (parts)
        {
            case ["P", var at, var rest] when rest.Split(' ') is [var done, var failed, var cpu]:
                own.Add(new Progress(Number(at), (long)Number(done), (long)Number(failed), Number(cpu)));
                break;
            case ["H", var name, var buckets]:
                var histogram = _latencies.GetOrAdd(name, _ => new Histogram());
                lock (histogram)
                    histogram.Merge(buckets);
                break;
            case ["E", ..] when line!.Length > 2:
                LastFailure = line[2..];
                break;
            default:
                break;
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Progress(double At, long Done, long Failed, double Cpu);
}
