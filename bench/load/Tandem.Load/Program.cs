using Tandem.Load;

// Generates RTP through a relay and says what each packet cost the relay's process. See ../compare, which runs it.
var arguments = new Dictionary<string, string>();
for (var i = 0; i + 1 < args.Length; i += 2)
    arguments[args[i]] = args[i + 1];

string Need(string name) =>
    arguments.TryGetValue(name, out var value) ? value : throw new ArgumentException($"{name} is missing; accepted: --via tandem|rtpengine --port P --pid PID --calls N --seconds S");

try
{
    var via = Need("--via");
    var port = int.Parse(Need("--port"));
    var calls = int.Parse(Need("--calls"));
    var seconds = int.Parse(Need("--seconds"));
    using var load = new RtpLoad(calls);
    ISessionMaker sessions = via switch
    {
        "tandem" => new SipSessions(port),
        "rtpengine" => new NgSessions(port),
        _ => throw new ArgumentException($"--via '{via}' is unknown; accepted: tandem, rtpengine"),
    };
    using (sessions)
    {
        for (var call = 0; call < calls; call++)
        {
            var (toCaller, toCallee) = sessions.Make(call, load.CallerPort, load.CalleePort);
            load.Route(call, toCaller, toCallee);
        }

        var report = load.Run(TimeSpan.FromSeconds(seconds), new ProcessCpu(int.Parse(Need("--pid"))));
        Console.WriteLine(report.Text(via, calls));
        sessions.End();
    }

    return 0;
}
catch (Exception e) when (e is ArgumentException or TimeoutException or InvalidDataException or FormatException)
{
    Console.Error.WriteLine($"load: {e.Message}");
    return 1;
}
