using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Server.Docs;
using Tandem.Server.Health;
using Tandem.Server.Hosting;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Server.Rest.Commands;
using Tandem.Server.Rest.Gateway;
using Tandem.Server.Streams;
using Tandem.Storage;

namespace Tandem.Server.Http;

/// <summary>
/// The API as the host composes it. Besides what is added here it needs <see cref="TandemOptions"/>, <see cref="TimeProvider"/>,
/// the host's state, the storage, the bans, the clock and an <see cref="IExchangeView"/> in the container.
/// </summary>
public static class ApiSetup
{
    private static readonly string[] Told = ["RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "ETag", "Idempotency-Replayed"];

    public static void AddServices(IServiceCollection services, TandemOptions options)
    {
        services.AddRouting();
        MetricsPage.AddServices(services);
        EventStreamResource.AddServices(services, options);
        SoundStreamResource.AddServices(services, options);
        services.AddSingleton(parts => new RateLimiter(options.Http, parts.GetRequiredService<TimeProvider>(), parts.GetRequiredService<ClusterPresence>().Node));
        services.AddSingleton<SignInGate>();
        services.AddSingleton<GatewayCache>();
        services.AddSingleton<VersionTurns>();
        services.AddSingleton(parts => parts.GetRequiredService<RecordingKeeper>().Storage ?? throw new InvalidOperationException("nobody counts what tenants store"));
        services.AddResponseCompression(compression =>
        {
            // Sessions ride on cookies that no other site can make a browser send (SameSite), so nothing can be guessed by lengths.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", "text/plain", "text/html", "text/css", "text/javascript", "text/csv", Tandem.Calls.Tracing.TracePcap.MediaType];
        });
        services.AddSingleton(parts => parts.GetRequiredService<TandemStorage>().Audit);
        services.AddSingleton<ITenantDirectory>(parts => parts.GetRequiredService<TandemStorage>().TenantDirectory);
        services.Configure<JsonOptions>(json => Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.AddCors(cors => cors.AddDefaultPolicy(policy =>
        {
            policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Told);
            if (options.Http.CorsOrigins.Contains("*"))
                policy.AllowAnyOrigin();
            else
                policy.WithOrigins([.. options.Http.CorsOrigins]).AllowCredentials();
        }));
        services.AddOpenApi("v1", api => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Tandem";
            document.Info.Version = Cli.VersionCommand.Version;
            document.Info.Description = "The API of the exchange. /api/v1 answers in an envelope; /api without a version has bare bodies.";
            return Task.CompletedTask;
        }));
    }

    /// <summary>Middleware and routes, in the order in which a request passes them.</summary>
    public static void Map(WebApplication app)
    {
        var options = app.Services.GetRequiredService<TandemOptions>();
        app.UseMiddleware<BodyMiddleware>();
        var meter = app.Services.GetRequiredService<HttpMeter>();
        app.Use(meter.InvokeAsync);
        app.UseMiddleware<SecurityHeaders>();
        app.UseResponseCompression();
        app.UseMiddleware<ErrorMiddleware>();
        app.Use(HeadAsGet);
        app.UseWebSockets();
        app.UseRouting();
        app.UseCors();
        app.UseMiddleware<RateLimitMiddleware>();
        app.UseMiddleware<HttpAuthentication>();
        app.UseMiddleware<TokenLimitMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.UseMiddleware<RequestLog>();
        DocsPage.UseExamples(app);
        app.Use(RefuseUnknown);

        HealthPages.Map(app);
        MetricsPage.Map(app);
        DocsPage.Map(app);
        SipSocketPage.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").NeedsSignIn();

        var api = app.MapGroup("/api").WithTags("exchange");
        UsersResource.Map(api);
        CallsResource.Map(api);
        ExtensionsResource.Map(api);
        StreamsResource.Map(api);
        StatisticsResource.Map(api);
        if (!options.Server.IsProduction)
            AdminResource.Map(api);

        var versioned = app.MapGroup("/api/v1").WithTags("v1");
        AuditResource.Map(versioned);
        BansResource.Map(versioned);
        CdrsResource.Map(versioned);
        EventStreamResource.Map(versioned);
        app.Services.GetRequiredService<EventHub>().Start();
        DeliveriesResource.Map(versioned);
        WebhooksResource.Map(versioned);
        CallCommandsResource.Map(versioned);
        CallRecordingResource.Map(versioned);
        SoundStreamResource.Map(versioned);
        ExtensionSettingsResource.Map(versioned);
        MailboxesResource.Map(versioned);
        VoicemailResource.Map(versioned);
        MeResource.Map(versioned);
        MusicResource.Map(versioned);
        NumbersResource.Map(versioned);
        ProfilesResource.Map(versioned);
        PeopleResource.Map(versioned);
        PromptsResource.Map(versioned);
        QueuesResource.Map(versioned);
        AgentsResource.Map(versioned);
        RecordingsResource.Map(versioned);
        RoomsResource.Map(versioned);
        RoomControlResource.Map(versioned);
        RoomDialResource.Map(versioned);
        CallbacksResource.Map(versioned);
        MonitorsResource.Map(versioned);
        ParkingResource.Map(versioned);
        PoliciesResource.Map(versioned);
        RecordingAccessResource.Map(versioned);
        RoomSettingsResource.Map(versioned);
        SubscriptionsResource.Map(versioned);
        SessionsResource.Map(versioned);
        TollResource.Map(versioned);
        IvrResource.Map(versioned);
        RoutingResource.Map(versioned);
        FeaturesResource.Map(versioned);
        TracesResource.Map(versioned);
        GatewayCallsResource.Map(versioned);
        TenantsResource.Map(versioned);
        TokensResource.Map(versioned);
    }

    /// <summary>HEAD is answered as GET is (RFC 9110 §9.3.2), for monitors and load balancers; the web server leaves out the body.</summary>
    private static Task HeadAsGet(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    }

    // Not a fallback route: that one would also answer for a known route that is asked with a body of another type, which is 415.
    private static Task RefuseUnknown(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint() is null ? ApiAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "Not found") : next(context);

    internal static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.DictionaryKeyPolicy = null;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.MaxDepth = 16;
        json.Converters.Add(new ApiTime());
    }
}
