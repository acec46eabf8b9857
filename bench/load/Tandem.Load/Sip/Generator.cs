using System.Diagnostics;
using System.Globalization;

namespace Tandem.Load.Sip;

/// <summary>
/// Runs one scenario against a server. Every 200 ms it prints <c>P seconds done failed cpu-seconds</c>, where the seconds are those
/// of the system's monotonic clock, and at the end <c>H name buckets</c> for each latency and <c>E last failure</c>.
/// </summary>
internal sealed class Generator(GeneratorOptions options)
{
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(20);

    private Scenario _scenario = null!;

    public void Run()
    {
        var called = options.Mode == "calls" ? Math.Min(options.Callees, options.Transport == "udp" ? 2 : 8) : 0;
        using Network network = options.Transport switch
        {
            "udp" => new UdpNetwork(options.Port, options.Connections + called) { Received = Take },
            "tcp" or "tls" => new StreamNetwork(options.Port, options.Connections + called, options.Transport == "tls") { Received = Take },
            var other => throw new ArgumentException($"--transport '{other}' is unknown; accepted: udp, tcp, tls"),
        };
        var links = network.Links.Take(options.Connections).ToArray();
        _scenario = options.Mode switch
        {
            "register" => new RegisterScenario(options, links),
            "calls" => new CallScenario(options, links, [.. network.Links.Skip(options.Connections)]),
            "options" => new RequestScenario(options, links, reject: false),
            "reject" => new RequestScenario(options, links, reject: true),
            var other => throw new ArgumentException($"--mode '{other}' is unknown; accepted: register, calls, options, reject"),
        };

        Prepare(network);
        Drive(network);
        Print();
        foreach (var (name, histogram) in _scenario.Latencies)
            Console.WriteLine($"H {name} {histogram}");

        Console.WriteLine($"E {_scenario.LastFailure}");
    }

    private void Take(Link link, ReadOnlySpan<byte> message) => _scenario.Take(link, message);

    private void Prepare(Network network)
    {
        var began = Stopwatch.GetTimestamp();
        while (!_scenario.IsReady)
        {
            if (Stopwatch.GetElapsedTime(began) > Preparation)
                throw new TimeoutException("the called side could not register");

            network.Do(_scenario.Prepare);
            network.Serve();
        }
    }

    private void Drive(Network network)
    {
        var began = Stopwatch.GetTimestamp();
        var printed = TimeSpan.FromSeconds(-1);
        var elapsed = TimeSpan.Zero;
        Action work = () => BeginDue(elapsed);
        while ((elapsed = Stopwatch.GetElapsedTime(began)) < options.Duration)
        {
            if (options.Total > 0 && _scenario.Begun >= options.Total && _scenario.Open == 0)
                break;

            _scenario.Counts = elapsed >= options.Warm;
            network.Do(work);
            network.Serve();
            if ((elapsed - printed).TotalMilliseconds < 200)
                continue;

            printed = elapsed;
            Print();
        }
    }

    private void BeginDue(TimeSpan elapsed)
    {
        _scenario.Tick();
        var due = options.Window > 0 ? options.Window - _scenario.Open : (long)(elapsed.TotalSeconds * options.Rate) - _scenario.Begun;
        if (options.Total > 0)
            due = Math.Min(due, options.Total - _scenario.Begun);

        for (; due > 0 && _scenario.Free.TryDequeue(out var slot); due--)
            _scenario.Begin(slot);
    }

    private void Print()
    {
        var cpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"P {Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency:0.000} {_scenario.Done} {_scenario.Failed} {cpu:0.000}"));
    }
}
