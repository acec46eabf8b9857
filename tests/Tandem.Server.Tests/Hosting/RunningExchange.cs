using Serilog.Core;
using Tandem.Server.Options;

namespace Tandem.Server.Hosting;

/// <summary>A whole exchange in this process, on free ports of 127.0.0.1.</summary>
internal sealed class RunningExchange : IAsyncDisposable
{
    private readonly Folder _folder = new();

    private RunningExchange()
    {
    }

    public ExchangeHost Host { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<RunningExchange> StartAsync(Func<TandemOptions, TandemOptions>? change = null)
    {
        var running = new RunningExchange();
        var options = new TandemOptions
        {
            Server = new ServerOptions
            {
                SipHost = "127.0.0.1",
                ApiHost = "127.0.0.1",
                RtpHost = "127.0.0.1",
                SipPort = 0,
                ApiPort = 0,
                SipsPort = -1,
                HttpsPort = -1,
                RtpPort = 28_000 + (Environment.ProcessId % 400),
                RtpPortMax = 28_499,
                DataDirectory = running._folder.Path,
            },
            Http = new HttpOptions { RateLimitMax = 0 },
        };
        running.Host = await ExchangeHost.StartAsync(OptionsComposer.Compose(change?.Invoke(options) ?? options), Logger.None, TimeProvider.System, TestContext.Current.CancellationToken);
        running.Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{running.Host.Report.HttpPort}") };
        return running;
    }

    public Task<string> GetAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
