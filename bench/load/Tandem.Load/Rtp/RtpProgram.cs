namespace Tandem.Load;

/// <summary>The command line of the RTP generator.</summary>
internal static class RtpProgram
{
    public static void Run(string[] args)
    {
        var arguments = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2)
            arguments[args[i]] = args[i + 1];

        string Need(string name) =>
            arguments.TryGetValue(name, out var value) ? value : throw new ArgumentException($"{name} is missing; accepted: --via tandem|rtpengine --port P --pid PID --calls N --seconds S");

        var via = Need("--via");
        var port = int.Parse(Need("--port"));
        var calls = int.Parse(Need("--calls"));
        var seconds = int.Parse(Need("--seconds"));
        using var load = new RtpLoad(calls);
        using ISessionMaker sessions = via switch
        {
            "tandem" => new SipSessions(port),
            "rtpengine" => new NgSessions(port),
            _ => throw new ArgumentException($"--via '{via}' is unknown; accepted: tandem, rtpengine"),
        };
        for (var call = 0; call < calls; call++)
        {
            var (toCaller, toCallee) = sessions.Make(call, load.CallerPort, load.CalleePort);
            load.Route(call, toCaller, toCallee);
        }

        var report = load.Run(TimeSpan.FromSeconds(seconds), new ProcessCpu(int.Parse(Need("--pid"))));
        Console.WriteLine(report.Text(via, calls));
        sessions.End();
    }
}
