using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tandem.Scenarios.Peers;

/// <summary>A process that a scenario started. Its output is kept for the failure text; it is ended by its own pid.</summary>
public sealed class ChildProcess : IDisposable
{
    // The system takes a process away as soon as it has time for that; what comes after a kill may rely on it.
    private const int KillMilliseconds = 60_000;

    private readonly ConcurrentQueue<string> _output = new();

    public ChildProcess(
        string file, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? line = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        Process = new Process { StartInfo = start };
        Process.OutputDataReceived += (_, text) =>
        {
            Keep(text.Data);
            if (text.Data is { Length: > 0 } data)
                line?.Invoke(data);
        };
        Process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Process.Start();
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    /// <summary>The last lines that it printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Waits for the end and returns the exit code; a process that does not end in time is killed.</summary>
    public async Task<int> ExitAsync(TimeSpan timeout)
    {
        using var cancel = new CancellationTokenSource(timeout);
        try
        {
            await Process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new TimeoutException($"{Process.StartInfo.FileName} did not end within {timeout.TotalSeconds:0} s:\n{Output}");
        }

        return Process.ExitCode;
    }

    /// <summary>Types a line.</summary>
    public void Type(string line)
    {
        lock (Process.StandardInput)
        {
            Process.StandardInput.WriteLine(line);
            Process.StandardInput.Flush();
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (Process.HasExited)
            return;

        Process.Kill();
        if (!Process.WaitForExit(KillMilliseconds))
            throw new TimeoutException($"{Process.StartInfo.FileName} was killed and is still there:\n{Output}");
    }

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public void Interrupt() => Signal("INT");

    public void Dispose()
    {
        Kill();
        Process.Dispose();
    }

    private void Signal(string name)
    {
        if (Process.HasExited)
            return;

        using var kill = Process.Start("kill", [$"-{name}", Process.Id.ToString()]);
        kill.WaitForExit();
    }

    private void Keep(string? line)
    {
        // baresip redraws a line with the bit rate several times a second.
        if (string.IsNullOrWhiteSpace(line) || line.Contains("(bit/s)"))
            return;

        _output.Enqueue(line);
        while (_output.Count > 4_000)
            _output.TryDequeue(out var _);
    }
}
