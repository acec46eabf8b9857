using System.Diagnostics;

namespace Tandem.Testing;

/// <summary>Programs of a few lines that a test has the exchange start.</summary>
public static class Script
{
    /// <summary>
    /// Writes a program that may be started. Another process writes it: what this one has open for writing, a process that another test starts in that moment has
    /// open too until it is itself, and a file that anybody has open for writing cannot be started (execve(2), ETXTBSY).
    /// </summary>
    /// <param name="path">Where.</param>
    /// <param name="text">All of it, from "#!" on.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string path, string text)
    {
        using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat > \"$0\" && chmod 755 \"$0\"", path]) { RedirectStandardInput = true })
            ?? throw new IOException("/bin/sh cannot be started");
        writer.StandardInput.Write(text);
        writer.StandardInput.Close();
        writer.WaitForExit();
        if (writer.ExitCode != 0)
            throw new IOException($"{path} cannot be written: /bin/sh ended with {writer.ExitCode}");
    }
}
