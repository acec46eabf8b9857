using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Scenarios.Peers;

/// <summary>A Chromium whose pages are JsSIP phones. Signalling and media are the browser's own: SIP over WebSocket, ICE, DTLS-SRTP, Opus.</summary>
public sealed class BrowserPhones : IDisposable
{
    private readonly ConcurrentDictionary<string, BrowserPhone> _phones = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildProcess _process;

    private BrowserPhones(string folder)
    {
        // The profile and crash reports of the browser stay in the scratch folder.
        _process = new ChildProcess("node", ["driver.mjs"], Folder(), new Dictionary<string, string> { ["HOME"] = folder }, Take);
    }

    public string Output => _process.Output;

    public static async Task<BrowserPhones> StartAsync(ScratchFolder scratch)
    {
        var browser = new BrowserPhones(scratch.Sub("browser"));
        await browser._ready.Task.WaitAsync(TimeSpan.FromSeconds(120));
        return browser;
    }

    /// <summary>Opens a page that comes from the exchange's own origin, and registers a phone in it.</summary>
    public async Task<BrowserPhone> RegisterAsync(TandemServer server, string number, string? url = null, string? origin = null, double hertz = 440)
    {
        var phone = new BrowserPhone(number, Send, () => $"browser:\n{Output}\nserver:\n{server.Process.Output}");
        _phones[number] = phone;
        phone.Send("open", new JsonObject { ["origin"] = origin ?? $"http://127.0.0.1:{server.HttpPort}", ["ignoreCertificate"] = true });
        await phone.EventAsync("opened", seconds: 30);
        phone.Send("start", new JsonObject
        {
            ["url"] = url ?? $"ws://127.0.0.1:{server.HttpPort}/sip",
            ["uri"] = $"sip:{number}@127.0.0.1",
            ["password"] = TandemServer.Secret,
            ["hertz"] = hertz,
        });
        await phone.EventAsync("registered");
        return phone;
    }

    public void Dispose()
    {
        _process.Process.StandardInput.Close();
        if (!_process.Process.WaitForExit(5000))
            _process.Process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Send(JsonObject command) => _process.Type(command.ToJsonString());

    private void Take(string line)
    {
        var report = JsonDocument.Parse(line).RootElement.Clone();
        if (report.GetProperty("event").GetString() == "ready")
            _ready.TrySetResult();
        else if (report.TryGetProperty("phone", out var name) && _phones.TryGetValue(name.GetString()!, out var phone))
            phone.Log.Add(report);
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var browser = Path.Combine(folder.FullName, "tests", "Tandem.Scenarios", "Browser");
            if (!Directory.Exists(browser))
                continue;
            if (!File.Exists(Path.Combine(browser, "dist", "jssip.js")))
                throw new InvalidOperationException("the browser phones are not built: ./test does it, or `npm ci && npm run build` in tests/Tandem.Scenarios/Browser");
            return browser;
        }

        throw new UnreachableException("the scenarios do not run inside a checkout");
    }
}
