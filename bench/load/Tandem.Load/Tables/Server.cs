using System.Diagnostics;
using System.Globalization;

namespace Tandem.Load.Tables;

/// <summary>A server under load: a process with its children, in a directory of its own.</summary>
internal abstract class Server(string name, TableOptions options) : IDisposable
{
    private Process? _process;

    public string Name => name;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("tandem-bench-").FullName;

    public int Pid => _process!.Id;

    protected TableOptions Options => options;

    /// <summary>Starts it on the server's core and waits until it answers.</summary>
    public void Start()
    {
        var info = new ProcessStartInfo("taskset") { WorkingDirectory = Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add(options.ServerCore);
        Describe(info);
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => LastLine = line.Data ?? LastLine;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var began = Stopwatch.GetTimestamp();
        while (!IsReady())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new InvalidDataException($"{name} did not start: {LastLine}");

            Thread.Sleep(100);
        }
    }

    /// <summary>What it said last on its error output.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>CPU seconds of all its processes.</summary>
    public double CpuSeconds() => Pids().Sum(pid => new ProcessCpu(pid).Seconds());

    /// <summary>Resident memory of all its processes, in bytes.</summary>
    public long ResidentBytes() => Pids().Sum(pid => Kilobytes(pid, "Pss:") * 1024);

    public virtual void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Process.Start("kill", Pid.ToString(CultureInfo.InvariantCulture)).WaitForExit();
            if (!_process.WaitForExit(20_000))
                _process.Kill(entireProcessTree: true);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    protected abstract void Describe(ProcessStartInfo info);

    protected abstract bool IsReady();

    private List<int> Pids()
    {
        var pids = new List<int> { Pid };
        for (var i = 0; i < pids.Count; i++)
        {
            var children = $"/proc/{pids[i]}/task/{pids[i]}/children";
            if (File.Exists(children))
                pids.AddRange(File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture)));
        }

        return pids;
    }

    private static long Kilobytes(int pid, string field)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        return 0;
    }
}
