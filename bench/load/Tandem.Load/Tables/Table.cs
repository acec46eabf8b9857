using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tandem.Load.Tables;

/// <summary>Makes the rows in order and prints them as they come; at the end the page gets them.</summary>
internal sealed class Table(TableOptions options)
{
    private static readonly Dictionary<string, string> None = [];

    private readonly StringBuilder _text = new();
    private readonly List<string> _names = [];
    private readonly bool _hasPeer = options.Beside is not null || KamailioServer.Version() is not null;
    private bool _hasRows;

    public void Make()
    {
        Head();
        Compared("Registrations, digest MD5", new GeneratorArguments("register") { Window = 200 }, "MD5", "at least Kamailio's");
        Compared("Registrations, digest SHA-256", new GeneratorArguments("register") { Window = 200 }, "SHA-256", "at least Kamailio's");
        var calls = Compared("Calls over UDP (407, 180, 200, ACK, BYE)", new GeneratorArguments("calls") { Window = 100 }, "MD5", "4,000");
        var tcp = Compared("Calls over TCP, kept connections", new GeneratorArguments("calls") { Window = 100, Transport = "tcp" }, "MD5", "4,000", isOurs: true);
        var tls = Compared("Calls over TLS, kept connections", new GeneratorArguments("calls") { Window = 100, Transport = "tls" }, "MD5", "TCP / 1.3", isOurs: true);
        Compared("OPTIONS, answered 200", new GeneratorArguments("options") { Window = 128 }, "MD5", "100,000");
        Compared("INVITE without a hop left, answered 483", new GeneratorArguments("reject") { Window = 128 }, "MD5", "100,000");
        if (tcp > 0 && tls > 0)
            Line($"\nA call over TLS costs {tcp / tls:0.00} times one over TCP.");

        Line("\n| | Tandem | Kamailio |\n| --- | --- | --- |");
        Latency(calls > 0 ? calls : 3000);
        PerContact();
        PerCall();
        Pauses(calls > 0 ? calls : 3000);
        if (!_hasRows)
            throw new ArgumentException($"no row begins with '{options.Only}'; the rows: {string.Join("; ", _names)}");

        Write();
    }

    private void Head()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown processor";
        Line(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:d MMMM yyyy, HH:mm} UTC. {Environment.ProcessorCount} cores of {processor}, kernel {Environment.OSVersion.Version}, .NET {Environment.Version}, {KamailioServer.Version() ?? "no Kamailio here"}. ")
            + $"Server on core {options.ServerCore}, {options.Generators} generators on core {options.GeneratorCore}; median of {options.Repeat} runs of {options.Seconds:0} s, the servers in turn.\n");
        var peer = options.Beside ?? "Kamailio";
        Line($"| load, saturated | Tandem, CPU each | per CPU second | {peer}, CPU each | per CPU second | Tandem / {peer} | asked, per CPU second | generator |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- |");
    }

    // The servers in turn, so that what else the machine does meets both. Returns what Tandem does in a CPU second.
    private double Compared(string name, GeneratorArguments arguments, string algorithm, string asked, bool isOurs = false)
    {
        if (!IsWanted(name))
            return 0;

        var ours = new List<Run>();
        var theirs = new List<Run>();
        try
        {
            for (var i = 0; i < options.Repeat; i++)
            {
                ours.Add(Once(() => Tandem(algorithm), arguments));
                if (_hasPeer && (!isOurs || options.Beside is not null))
                    theirs.Add(Once(() => Peer(algorithm), arguments));
            }
        }
        catch (InvalidDataException e)
        {
            Line($"| {name} | did not run: {e.Message} | | | | | {asked} | |");
            return 0;
        }

        var our = Median(ours);
        var their = theirs.Count > 0 ? Median(theirs) : null;
        Line(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {our.MicrosecondsEach:0.0} µs | {our.PerCpuSecond:N0} | {Cell(their, r => $"{r.MicrosecondsEach:0.0} µs")} | {Cell(their, r => $"{r.PerCpuSecond:N0}")} ")
            + string.Create(CultureInfo.InvariantCulture, $"| {Cell(their, r => $"{our.PerCpuSecond / r.PerCpuSecond:0.00}")} | {asked} | {our.GeneratorShare:0 %}{Remark([.. ours, .. theirs])} |"));
        return our.PerCpuSecond;
    }

    private void Latency(double perCpuSecond)
    {
        const string name = "Own share of the setup latency";
        if (!IsWanted(name))
            return;

        // The share of the server: INVITE in to INVITE out and 200 in to 200 out, as the generator sees both of its sides.
        var arguments = new GeneratorArguments("calls") { Rate = perCpuSecond / 2, Warm = 3, Seconds = Math.Max(8, options.Seconds) };
        var ours = Once(() => Tandem("MD5"), arguments);
        var theirs = _hasPeer ? Once(() => Peer("MD5"), arguments) : null;
        Line($"| {name} at {arguments.Rate:N0} calls/s (half of Tandem's maximum): p50 / p99 / p99.9 | {Quantiles(ours)} | {Cell(theirs, Quantiles)} |");
    }

    private void PerContact()
    {
        const string name = "Memory of a registered contact";
        if (!IsWanted(name))
            return;

        // Three waves into one server, each with a contact more for every number; the slope over them does not know what the heap had
        // kept free before.
        var waves = new GeneratorArguments("register") { Rate = 2_000, Total = 9_990, Seconds = 60 };
        using var server = Tandem("MD5");
        server.Start();
        Run.Of(server, options with { Generators = 1 }, waves with { Total = 0, Rate = 0, Window = 50, Seconds = 5 });
        var points = new List<MemoryPoint>();
        for (var i = 0; i < 3; i++)
        {
            Run.Of(server, options with { Generators = 1 }, waves);
            Thread.Sleep(TimeSpan.FromSeconds(36));
            points.Add(MemoryPoint.Of(server));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {points[^1].Contacts:N0} contacts: {points[^1].LiveBytes:N0} bytes live, {points[^1].ResidentBytes:N0} resident"));
        }

        Line(string.Create(CultureInfo.InvariantCulture,
            $"| {name}, transactions over: slope over {points[0].Contacts:N0}, {points[1].Contacts:N0} and {points[2].Contacts:N0} of them after a full collection, live objects / resident | {MemoryPoint.Slope(points, point => point.LiveBytes) / 1000:0.00} / {MemoryPoint.Slope(points, point => point.ResidentBytes) / 1000:0.00} kB | – |"));
    }

    private void PerCall()
    {
        const string name = "Memory of an established call";
        if (!IsWanted(name))
            return;

        const int calls = 2_000;
        var ours = Memory(() => Tandem("MD5"), new GeneratorArguments("calls") { Rate = 200, Total = calls, Hold = 600, Seconds = 45 });
        Line($"| {name}, {calls:N0} of them with media ports, transactions over | {ours / calls / 1000:0.0} kB | – |");
    }

    private void Pauses(double perCpuSecond)
    {
        const string name = "Pauses of the garbage collector";
        if (!IsWanted(name))
            return;

        using var server = Tandem("MD5");
        server.Start();
        Run.Of(server, options, new GeneratorArguments("calls") { Rate = perCpuSecond / 2, Seconds = options.LongSeconds });
        var pauses = PauseNumbers.Read(server.Get("/api/statistics"));
        Line($"| {name} over {options.LongSeconds:0} s at {perCpuSecond / 2:N0} calls/s: p50 / p99 / p99.9 / longest, number | {pauses} | – |");
    }

    // Resident memory that the load leaves behind; a first wave has made the server's pools and code.
    private double Memory(Func<TandemServer> make, GeneratorArguments arguments)
    {
        using var server = make();
        server.Start();
        Run.Of(server, options with { Generators = 1 }, arguments with { Total = 0, Rate = 0, Window = 50, Hold = 0, Contacts = 1, Seconds = 5 });
        Thread.Sleep(TimeSpan.FromSeconds(36));
        var before = server.ResidentBytes();
        var after = before;
        using var ended = new ManualResetEventSlim();
        var sampler = Task.Run(() =>
        {
            while (!ended.Wait(500))
                after = server.ResidentBytes();
        });
        Run.Of(server, options with { Generators = 1 }, arguments);
        ended.Set();
        sampler.Wait();
        return after - before;
    }

    private Run Once(Func<Server> make, GeneratorArguments arguments)
    {
        using var server = make();
        server.Start();
        var run = Run.Of(server, options, arguments);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {server.Name} {arguments.Mode} {arguments.Transport}: {run.Rate:N0}/s, {run.MicrosecondsEach:0.0} µs each, server {run.ServerShare:0 %}, generators {run.GeneratorShare:0 %}, failed {run.FailedOnPlateau} on the plateau, {run.Failed} of {run.Done} in all {run.LastFailure}"));
        return run;
    }

    private Server Peer(string algorithm) =>
        options.Beside is { } other ? Tandem(algorithm, options with { Assembly = other }, "Beside") : new KamailioServer(options, algorithm);

    private TandemServer Tandem(string algorithm) => Tandem(algorithm, options, "Tandem");

    private static TandemServer Tandem(string algorithm, TableOptions options, string name) =>
        new(options, algorithm == "MD5" ? None : new Dictionary<string, string> { ["AUTH_ALGORITHMS"] = algorithm }, name);

    private static Run Median(List<Run> runs)
    {
        var good = runs.FindAll(run => run.Counts);
        var sorted = (good.Count > 0 ? good : runs).OrderBy(run => run.MicrosecondsEach).ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Remark(List<Run> runs) => runs.TrueForAll(run => run.Counts) ? "" : $", {runs.Count(run => !run.Counts)} of {runs.Count} runs do not count";

    private static string Cell(Run? run, Func<Run, FormattableString> text) => run is null ? "–" : FormattableString.Invariant(text(run));

    private static string Cell(Run? run, Func<Run, string> text) => run is null ? "–" : text(run);

    private static string Quantiles(Run run)
    {
        var setup = run.Latencies.GetValueOrDefault("setup") ?? new();
        return string.Create(CultureInfo.InvariantCulture, $"{setup.Quantile(0.5) / 1000:0.00} / {setup.Quantile(0.99) / 1000:0.00} / {setup.Quantile(0.999) / 1000:0.00} ms");
    }

    private bool IsWanted(string name)
    {
        _names.Add(name);
        var isWanted = name.StartsWith(options.Only, StringComparison.OrdinalIgnoreCase);
        _hasRows |= isWanted;
        return isWanted;
    }

    private void Line(string text)
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    private void Write()
    {
        if (options.Page is null)
            return;

        const string begin = "<!-- table: bench/load/table writes what follows -->\n";
        const string end = "<!-- end of table -->";
        var page = File.ReadAllText(options.Page);
        var from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < begin.Length || to < from)
            throw new InvalidDataException($"{options.Page} has no markers for the table");

        File.WriteAllText(options.Page, string.Concat(page.AsSpan(0, from), _text.ToString(), page.AsSpan(to)));
    }
}
