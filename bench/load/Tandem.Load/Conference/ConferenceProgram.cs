using System.Diagnostics;
using System.Globalization;

namespace Tandem.Load.Conference;

/// <summary>
/// Measures what a participant of a mix costs: starts the engine in a process of its own, speaks with all members at once, and prints the
/// CPU of that process from /proc. Several runs in one call: <c>--rooms 3,50,1000</c> and <c>--codecs pcmu,g722,opus</c>.
/// </summary>
internal static class ConferenceProgram
{
    public static void Run(ReadOnlySpan<string> arguments)
    {
        var rest = new List<string>();
        string[] rooms = ["3"];
        string[] codecs = ["pcmu"];
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i] == "--rooms")
                rooms = arguments[i + 1].Split(',');
            else if (arguments[i] == "--codecs")
                codecs = arguments[i + 1].Split(',');
            else
                rest.AddRange([arguments[i], arguments[i + 1]]);
        }

        Console.WriteLine("codec  members  room  speaking   CPU     us/participant·tick  participants/core  returned   late p50/p99/p99.9/max ms     tick p50/p99 ms   allocated");
        foreach (var codec in codecs)
        {
            foreach (var room in rooms)
                Measure(ConferenceOptions.Parse([.. rest, "--codec", codec, "--room", room]));
        }
    }

    /// <summary>The engine process: options, the port of the phones, its first own port.</summary>
    public static void RunEngine(ReadOnlySpan<string> arguments) =>
        ConferenceEngine.Run(ConferenceOptions.Parse(arguments[2..]), int.Parse(arguments[0]), int.Parse(arguments[1]));

    private static void Measure(ConferenceOptions options)
    {
        using var load = new ConferenceLoad(options);
        using var engine = Start(options, load.Port);
        try
        {
            var line = engine.StandardOutput.ReadLine();
            if (line is null || !line.StartsWith("ports", StringComparison.Ordinal))
                throw new InvalidDataException($"the engine did not begin: {line}");

            load.Route(line.Split(' ')[1..].Select(int.Parse));
            var cpu = new ProcessCpu(engine.Id);

            // The compiler improves what is hot after some seconds; those are not measured.
            load.Drive(TimeSpan.FromSeconds(5));
            var before = Tell(engine);
            load.Reset();
            var (start, seconds) = (Stopwatch.GetTimestamp(), cpu.Seconds());
            load.Drive(TimeSpan.FromSeconds(options.Seconds));
            var used = cpu.Seconds() - seconds;
            var time = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Print(options, load, used, time, before, Tell(engine));
            HangUp(engine);
        }
        finally
        {
            engine.StandardInput.Close();
            if (!engine.WaitForExit(5000))
                engine.Kill();
        }
    }

    private static Process Start(ConferenceOptions o, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ConferenceProgram).Assembly.Location);
        foreach (var argument in (string[])["conference-engine", $"{port}", $"{o.Port}", "--codec", o.Codec, "--members", $"{o.Members}", "--room", $"{o.Room}"])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidDataException("the engine cannot be started");
    }

    // All go at once while the rooms are full: what it takes until nothing is left, and how late the ticks were meanwhile.
    private static void HangUp(Process engine)
    {
        engine.StandardInput.WriteLine("hangup");
        var cost = Line(engine);
        var ticks = Line(engine);
        Console.WriteLine($"  all hang up: nothing is left after {cost[0]} ms, {cost[1]} ms CPU, the latest tick {ticks[7]} ms late");
    }

    private static string[] Tell(Process engine)
    {
        engine.StandardInput.WriteLine("tell");
        return Line(engine);
    }

    private static string[] Line(Process engine) => (engine.StandardOutput.ReadLine() ?? throw new InvalidDataException("the engine has ended")).Split(' ');

    private static void Print(ConferenceOptions o, ConferenceLoad load, double used, double time, string[] before, string[] after)
    {
        var micros = used * 1e6 / (o.Members * time * 50);
        var speaking = Math.Min(o.Speakers, o.Room);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{o.Codec,-6} {o.Members,7} {o.Room,5} {speaking,9} {used / time,6:0.0 %} {micros,20:0.00} {20_000 / micros,18:0} {load.Received / (double)load.Sent,10:0.0 %}   {after[4]}/{after[5]}/{after[6]}/{after[7]}   {after[8]}/{after[9]}   {long.Parse(after[10]) - long.Parse(before[10])}"));
        if (after[3] != "0")
            Console.WriteLine($"  {after[3]} faults of the engine");
    }
}
