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
            arguments.TryGetValue(name, out var value) ? value : throw new ArgumentException($"{name} is missing; accepted: --via tandem|rtpengine --port P --pid PID --calls N --seconds S [--secure none|sdes|sdes-both|dtls] [--recorded N] [--metrics PORT]");

        var via = Need("--via");
        var port = int.Parse(Need("--port"));
        var calls = int.Parse(Need("--calls"));
        var seconds = int.Parse(Need("--seconds"));
        var security = arguments.GetValueOrDefault("--secure", "none") switch
        {
            "none" => LoadSecurity.None,
            "sdes" => LoadSecurity.Sdes,
            "sdes-both" => LoadSecurity.SdesBoth,
            "dtls" => LoadSecurity.Dtls,
            var other => throw new ArgumentException($"--secure '{other}' is unknown; accepted: none, sdes, sdes-both, dtls"),
        };
        using var load = new RtpLoad(calls);
        using ISessionMaker sessions = via switch
        {
            "tandem" => new SipSessions(port, arguments.TryGetValue("--recorded", out var recorded) ? calls - int.Parse(recorded) : int.MaxValue),
            "rtpengine" => new NgSessions(port, security == LoadSecurity.SdesBoth ? "RTP/SAVP" : "RTP/AVP"),
            _ => throw new ArgumentException($"--via '{via}' is unknown; accepted: tandem, rtpengine"),
        };
        var ends = new List<SecureEnd>();
        for (var call = 0; call < calls; call++)
            Make(load, sessions, call, security, ends);

        var http = arguments.TryGetValue("--metrics", out var metricsPort) ? int.Parse(metricsPort) : 0;
        StopNumbers? before = null;
        var report = load.Run(
            TimeSpan.FromSeconds(seconds), new ProcessCpu(int.Parse(Need("--pid"))), () => before = http == 0 ? null : StopNumbers.Read(http));
        Console.WriteLine(report.Text(security == LoadSecurity.None ? via : $"{via} {arguments["--secure"]}", calls));
        // Who asks for the numbers of one run ends the server, and the calls with it.
        if (before is not null)
            Console.WriteLine(StopNumbers.Read(http).Text(before));
        else
            sessions.End();
        ends.ForEach(end => end.Dispose());
    }

    private static void Make(RtpLoad load, ISessionMaker sessions, int call, LoadSecurity security, List<SecureEnd> ends)
    {
        SecureEnd? End(bool isSecure)
        {
            if (!isSecure)
                return null;
            var end = new SecureEnd(security == LoadSecurity.Dtls);
            ends.Add(end);
            return end;
        }

        var caller = End(security != LoadSecurity.None);
        var callee = End(security == LoadSecurity.SdesBoth);
        var (toCaller, toCallee) = sessions.Make(
            call,
            caller?.Offer(load.CallerPort) ?? SdpText.For(load.CallerPort),
            offer => callee?.Answer(load.CalleePort, offer) ?? SdpText.For(load.CalleePort));
        load.Route(call, SdpText.AudioPort(toCaller), SdpText.AudioPort(toCallee));
        caller?.Complete(toCaller, load.Caller, SdpText.AudioPort(toCaller));
        load.Secure(call, caller, callee);
    }
}
