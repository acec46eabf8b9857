namespace Tandem.Scenarios.Peers;

/// <summary><c>openssl s_client</c>, a TLS peer that shares nothing with ours: what is typed goes to the server, what comes is printed.</summary>
public sealed class Openssl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    public Openssl(string folder, int port, params string[] arguments) =>
        _process = new ChildProcess("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-quiet", .. arguments], folder);

    /// <summary>What it said: the answers of the server, and why there are none.</summary>
    public string Output => _process.Output;

    /// <summary>The arguments that show a certificate.</summary>
    public static string[] Showing((string CertificateFile, string KeyFile) certificate) => ["-cert", certificate.CertificateFile, "-key", certificate.KeyFile];

    /// <summary>Sends a message that has no body. Whom the server refuses may be gone before all of it is typed: what is expected next says so.</summary>
    public void Send(string message)
    {
        try
        {
            foreach (var line in message.TrimEnd('\r', '\n').Split("\r\n"))
                _process.Type(line + "\r");
            _process.Type("\r");
        }
        catch (IOException)
        {
            // The pipe is broken.
        }
    }

    /// <summary>Waits for a text; fails when it ends before.</summary>
    public async Task ExpectAsync(string text)
    {
        var until = DateTime.UtcNow + Patience;
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(DateTime.UtcNow < until && !_process.Process.HasExited, $"no {text} from openssl:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until the server has ended the connection; nothing of SIP came before.</summary>
    /// <param name="why">What openssl says of it; empty for anything.</param>
    public async Task ExpectRefusedAsync(string why = "")
    {
        await _process.ExitAsync(Patience);
        Assert.True(Output.Contains(why, StringComparison.OrdinalIgnoreCase), Output);
        Assert.DoesNotContain("SIP/2.0", Output, StringComparison.Ordinal);
    }

    public void Dispose() => _process.Dispose();
}
