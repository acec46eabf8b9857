using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Calls.Queues;
using Tandem.Calls.Rooms;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tracing;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;
using Tandem.Media.Playback;
using Tandem.Server.Hosting;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Server.Webhooks;
using Tandem.Sip.Transport;
using Tandem.Storage;
using Tandem.Testing.Media;

namespace Tandem.Server.Rest;

/// <summary>The API on a free port of 127.0.0.1, over a real database and an exchange that the test fills.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly WebApplication _app;
    private readonly WebhookSender _sender;

    private ApiServer(TandemOptions options, Action<IServiceCollection>? more)
    {
        Storage = TandemStorage.OpenForServing(new StorageOptions { DataDirectory = _folder.Path });
        Bans = new BanList(new SourceGuardOptions { MaxFailures = 1, ExemptNetworks = [] });
        Clock = new Clock(TimeProvider.System);
        State = new HostState(TimeProvider.System);
        Rooms = new RoomTable(Media, 10, new RoomOptions());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = options.Server.Environment });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.Http.MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Storage);
        builder.Services.AddSingleton(Bans);
        builder.Services.AddSingleton(Clock);
        builder.Services.AddSingleton(State);
        var mailboxes = new Tandem.Calls.Mailboxes.MailboxKeeper(Storage.Mailboxes, new Tandem.Calls.Mailboxes.MailboxTable());
        builder.Services.AddSingleton(mailboxes);
        Queues = new QueueKeeper(Storage.Queues, new QueueDesk(), () => Clock.Now, TimeProvider.System, (_, _) => { });
        builder.Services.AddSingleton(Queues);
        Sounds = new SoundLibrary(_folder.Path, options.Playback, TimeProvider.System);
        builder.Services.AddSingleton(Sounds);
        Storage.RecordingKeys.EnsureAsync(Tandem.Calls.Tenants.TenantId.Default).GetAwaiter().GetResult();
        Recordings = new Tandem.Calls.Recording.RecordingKeeper(
            new Tandem.Media.Recording.RecordingEngine(options.Media.Recording), Storage.Recordings, Storage.RecordingKeys, options.Recordings, _folder.Path, TimeProvider.System, (_, _) => { });
        Recordings.Storage = ExchangeHost.StorageOf(Storage, Sounds, TimeProvider.System);
        builder.Services.AddSingleton(Recordings);
        Voicemail = new VoicemailKeeper(
            options.Voicemail, Storage.Voicemail, mailboxes, new VoicemailSound(Storage, Recordings, TimeProvider.System).DropAsync, new Tandem.Calls.Events.EventBus([]), TimeProvider.System);
        builder.Services.AddSingleton(Voicemail);
        builder.Services.AddSingleton(Rooms);
        builder.Services.AddSingleton(Monitors);
        builder.Services.AddSingleton(new ClusterPresence(null, null));
        _sender = new WebhookSender(options.Webhooks, TimeProvider.System);
        Webhooks = new WebhookDispatcher(options.Webhooks, Storage, _sender, TimeProvider.System, (_, _) => { });
        builder.Services.AddSingleton(Webhooks);
        Traces = new CallTraces(options.Traces, Clock);
        builder.Services.AddSingleton(Traces);
        builder.Services.AddSingleton(new Metrics.CallMeter());
        builder.Services.AddSingleton(new AddressSource(_ => Core.Net.NetAddress.FromV4(0x7F000001, 5060)));

        builder.Services.AddSingleton(new Tandem.Calls.Trunks.TrunkTable());
        builder.Services.AddSingleton<IExchangeView>(Exchange);
        Toll = new TollGuard(Storage.TollPolicies, Storage.Toll, new Tandem.Calls.Events.EventBus([]));
        builder.Services.AddSingleton(Toll);
        builder.Services.AddSingleton(Counters);
        ApiSetup.AddServices(builder.Services, options);
        more?.Invoke(builder.Services);
        _app = builder.Build();
        ApiSetup.Map(_app);
    }

    public TandemStorage Storage { get; }

    /// <summary>Where the database is.</summary>
    public string DataDirectory => _folder.Path;

    /// <summary>All routes that are served.</summary>
    public IReadOnlyList<RouteEndpoint> Routes => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>A part of the API.</summary>
    public T Part<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Delivers once a test has started it.</summary>
    public WebhookDispatcher Webhooks { get; }

    public SoundLibrary Sounds { get; }

    public Tandem.Calls.Recording.RecordingKeeper Recordings { get; }

    public QueueKeeper Queues { get; }

    public VoicemailKeeper Voicemail { get; }

    public CallTraces Traces { get; }

    public BanList Bans { get; }

    public Clock Clock { get; }

    public HostState State { get; }

    public FakeExchange Exchange { get; } = new();

    public FakeMediaService Media { get; } = new();

    public RoomTable Rooms { get; }

    public Tandem.Calls.Monitoring.MonitorTable Monitors { get; } = new(new Tandem.Calls.Monitoring.MonitorOptions());

    public TollGuard Toll { get; }

    /// <summary>The counts of menus.</summary>
    public Tandem.Calls.Ivr.IvrCounters Counters { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public static async Task<ApiServer> StartAsync(Func<TandemOptions, TandemOptions>? change = null, Action<IServiceCollection>? more = null)
    {
        var options = new TandemOptions { Http = new HttpOptions { RateLimitMax = 0 } };
        var server = new ApiServer(change?.Invoke(options) ?? options, more);
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = new Uri(address) };
        server.State.Enter(HostPhase.Ready);
        await server.Queues.StartAsync(TimeSpan.Zero);
        await server.Storage.Extensions.EnsureRangeAsync(Tandem.Calls.Tenants.TenantId.Default, 100, 110);
        return server;
    }

    public static TandemOptions Production(TandemOptions options) => options with { Server = options.Server with { Environment = "Production" } };

    /// <summary>The status and body of one request.</summary>
    public async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await RawAsync(method, path, body, headers);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<(int Status, string Body)> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<HttpResponseMessage> RawAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The body of a GET that must succeed.</summary>
    public async Task<JsonElement> JsonAsync(string path)
    {
        var (status, body) = await GetAsync(path);
        Assert.Equal(200, status);
        return JsonDocument.Parse(body).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Queues.DisposeAsync();
        Sounds.Dispose();
        await Recordings.DisposeAsync();
        await Webhooks.DisposeAsync();
        _sender.Dispose();
        await Storage.DisposeAsync();
        _folder.Dispose();
    }
}
