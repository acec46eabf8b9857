using System.Net.Http.Json;
using System.Text.Json;

namespace Tandem.Scenarios.Peers;

/// <summary>The built server as its own process, on ports of its own and a data folder of the scenario.</summary>
public sealed class TandemServer : IDisposable
{
    /// <summary>The secret of every extension in the scenarios.</summary>
    public const string Secret = "scenario-secret-1";

    // For what is broken, not for what is slow: a wait ends when what it waits for is there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, string> _environment;
    private readonly string _folder;
    private ChildProcess _process;

    private TandemServer(ScratchFolder scratch, IReadOnlyDictionary<string, string>? settings, int ports)
    {
        _folder = scratch.Sub("server");
        SipPort = FreePorts.Next();
        HttpPort = FreePorts.Next();
        SipsPort = FreePorts.Next();
        HttpsPort = FreePorts.Next();
        var rtp = FreePorts.Range(ports);
        RtpPorts = (rtp, rtp + ports - 1);
        _environment = new Dictionary<string, string>
        {
            ["SIP_PORT"] = SipPort.ToString(),
            ["SIP_HOST"] = "0.0.0.0",
            ["API_PORT"] = HttpPort.ToString(),
            ["API_HOST"] = "127.0.0.1",
            ["SIPS_PORT"] = SipsPort.ToString(),
            ["HTTPS_PORT"] = HttpsPort.ToString(),
            ["RTP_PORT"] = rtp.ToString(),
            ["RTP_PORT_MAX"] = RtpPorts.Last.ToString(),
            ["CLUSTER_ADDRESS"] = $"127.0.0.1:{SipPort}",
            ["DATA_DIR"] = Path.Combine(_folder, "data"),
            ["LOG_FILE"] = Path.Combine(_folder, "logs", "tandem.log"),
            ["AUTH_SECRET"] = Secret,
            ["RATE_LIMIT_MAX"] = "100000",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            _environment[name] = value;

        _process = Launch();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}"), Timeout = Patience };
    }

    public int SipPort { get; }

    public int HttpPort { get; }

    public int SipsPort { get; }

    /// <summary>The ports that media of calls may have.</summary>
    public (int First, int Last) RtpPorts { get; }

    public int HttpsPort { get; }

    public HttpClient Http { get; }

    public ChildProcess Process => _process;

    public string DataFolder => _environment["DATA_DIR"];

    public string LogFile => _environment["LOG_FILE"];

    public static string Assembly { get; } = FindAssembly();

    /// <summary>Starts the server and waits until it is ready.</summary>
    /// <param name="scratch">Where its folder is.</param>
    /// <param name="settings">What it is set to beside what every scenario sets.</param>
    /// <param name="ports">How many ports media has: a call takes four, and each rests for 5 s after it. Few enough for several servers beside what others have.</param>
    public static async Task<TandemServer> StartAsync(ScratchFolder scratch, IReadOnlyDictionary<string, string>? settings = null, int ports = 2_000)
    {
        var server = new TandemServer(scratch, settings, ports);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts the process again after it ended, with the same data.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = Launch();
        await ReadyAsync();
    }

    /// <summary>Runs a command of the same program with the same settings; anything but success fails.</summary>
    public Task<string> CommandAsync(params string[] arguments) => CommandAsync([], arguments);

    /// <summary>The same with lines that are typed.</summary>
    public async Task<string> CommandAsync(IReadOnlyList<string> typed, params string[] arguments)
    {
        using var command = new ChildProcess("dotnet", [Assembly, .. arguments], _folder, _environment);
        foreach (var line in typed)
            command.Type(line);
        var code = await command.ExitAsync(Patience);
        Assert.True(code == 0, $"tandem {string.Join(' ', arguments)} ended with {code}: {command.Output}");
        return command.Output;
    }

    /// <summary>Sends JSON; any status but the expected one fails. Returns the JSON of the answer.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null, int status = 200)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{method} {path} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>The JSON that a GET answers; any status but 200 fails.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await AskAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"GET {path} answered {(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Asks again and again until <paramref name="accept"/> says yes; the last answer is in the failure text.</summary>
    public async Task<JsonElement> EventuallyAsync(string path, Func<JsonElement, bool> accept, string what, int seconds = 60)
    {
        var until = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var answer = await GetAsync(path);
            if (accept(answer))
                return answer;
            if (DateTime.UtcNow > until)
                Assert.Fail($"{what}: GET {path} still answers {answer}\nserver:\n{_process.Output}");
            await Task.Delay(100);
        }
    }

    public void Dispose()
    {
        _process.Dispose();
        Http.Dispose();
        FreePorts.Return(RtpPorts.First);
    }

    // A request that breaks off says what became of the server.
    private async Task<HttpResponseMessage> AskAsync(string path)
    {
        try
        {
            return await Http.GetAsync(path);
        }
        catch (HttpRequestException e)
        {
            var end = _process.Process.WaitForExit(500) ? $"ended with exit code {_process.Process.ExitCode}" : "is still there";
            throw new InvalidOperationException($"GET {path} broke off; the server {end}:\n{_process.Output}", e);
        }
    }

    private ChildProcess Launch() => new("dotnet", [Assembly, "serve"], _folder, _environment);

    private async Task ReadyAsync()
    {
        var until = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < until)
        {
            if (_process.Process.HasExited)
                Assert.Fail($"the server ended with exit code {_process.Process.ExitCode}:\n{_process.Output}");
            try
            {
                using var answer = await Http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        Assert.Fail($"the server was not ready within {Patience.TotalSeconds:0} s:\n{_process.Output}");
    }

    private static string FindAssembly()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tandem.slnx")))
                return Path.Combine(folder.FullName, "src", "Tandem.Server", "bin", "Release", "net10.0", "tandem.dll");
        }

        throw new InvalidOperationException("the scenarios do not run inside a checkout");
    }
}
