using System.Diagnostics;
using System.Text;

namespace Tandem.Media.Playback.Speech;

/// <summary>
/// Runs a speech program once. This is the only place of the exchange that starts a process: the program is one of two that the operator has installed, no
/// shell is between, the text goes in by standard input and is never an argument, and the environment is empty but for the language.
/// </summary>
internal static class SpeechProcess
{
    /// <summary>Characters of the program's complaints that are kept.</summary>
    private const int MaxComplaint = 200;

    /// <summary>Speaks <paramref name="text"/> into the file <paramref name="output"/>; null, or why it did not succeed.</summary>
    public static async Task<string?> RunAsync(
        SpeechTool tool, string voice, string text, string output, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(tool.Path)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = Path.GetDirectoryName(output)!,
        };
        start.Environment.Clear();
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var argument in tool.Arguments(voice, output))
            start.ArgumentList.Add(argument);

        using var over = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return $"{tool.Name} cannot be started: {e.Message}";
        }

        try
        {
            var complaint = DrainAsync(process.StandardError, limit.Token);
            var noise = DrainAsync(process.StandardOutput, limit.Token);
            await WriteAsync(process.StandardInput, text, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await noise;
            return process.ExitCode == 0 ? null : $"{tool.Name} failed with {process.ExitCode}: {await complaint}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{tool.Name} took longer than {timeout.TotalSeconds:0.#} s";
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task WriteAsync(StreamWriter input, string text, CancellationToken cancellation)
    {
        try
        {
            await input.WriteAsync(text.AsMemory(), cancellation);
            await input.WriteAsync("\n".AsMemory(), cancellation);
            input.Close();
        }
        catch (IOException)
        {
            // It did not want to hear the text to its end. What it made of it, its exit code and its file tell.
        }
    }

    // Reads to the end, so that the program is never blocked, and keeps the beginning.
    private static async Task<string> DrainAsync(StreamReader reader, CancellationToken cancellation)
    {
        var kept = new StringBuilder();
        var buffer = new char[1_024];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellation)) > 0)
        {
            foreach (var one in buffer.AsSpan(0, Math.Min(read, MaxComplaint - kept.Length)))
                kept.Append(char.IsControl(one) ? ' ' : one);
        }

        return kept.ToString().Trim();
    }
}
