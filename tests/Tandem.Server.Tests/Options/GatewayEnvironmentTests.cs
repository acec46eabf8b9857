using System.Runtime.CompilerServices;
using Serilog.Events;
using Serilog.Parsing;
using Tandem.Calls.Tenants;
using Tandem.Server.Hosting;
using Tandem.Server.Logging;
using Tandem.Server.Rest;

namespace Tandem.Server.Options;

/// <summary>Each name of the environment of document 3's gateway is honoured as it is written there, or says at the start why it has no effect.</summary>
public sealed class GatewayEnvironmentTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("NODE_ENV", "production", "Server.Environment", "Production")]
    [InlineData("PORT", "3100", "Server.ApiPort", "3100")]
    [InlineData("POSTGRES_URL", "postgresql://postgres:postgres@localhost:5432/sales_voice", "Storage.PostgresUrl", "postgresql://postgres:postgres@localhost:5432/sales_voice")]
    [InlineData("REDIS_URL", "redis://localhost:6379", "Cluster.RedisUrl", "***")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317", "Metrics.OtlpEndpoint", "http://localhost:4317")]
    [InlineData("OTEL_SERVICE_NAME", "sales", "Metrics.OtlpService", "sales")]
    [InlineData("OTEL_SERVICE_VERSION", "1.2.3", "Metrics.OtlpServiceVersion", "1.2.3")]
    [InlineData("LOG_LEVEL", "info", "Log.Level", "Information")]
    [InlineData("LOG_LEVEL", "silly", "Log.Level", "Debug")]
    [InlineData("LOG_FORMAT", "json", "Log.Format", "Json")]
    [InlineData("LOG_FORMAT", "simple", "Log.Format", "Text")]
    [InlineData("CORS_ORIGINS", "*", "Http.CorsOrigins", "*")]
    [InlineData("APP_VERSION", "1.0.0", "Server.AppVersion", "1.0.0")]
    [InlineData("METRICS_PORT", "9090", "", "METRICS_PORT (the environment) has no effect: metrics have no port of their own")]
    [InlineData("SIP_SERVER", "sip:provider.example:5070;transport=tcp", "Account.Server", "sip:provider.example:5070;transport=tcp")]
    [InlineData("SIP_USERNAME", "ada", "Account.UserName", "ada")]
    [InlineData("SIP_PASSWORD", "secret", "Account.Password", "***")]
    [InlineData("SIP_DOMAIN", "accounts.example", "Account.Domain", "accounts.example")]
    [InlineData("SIP_DISPLAY_NAME", "Ada Lovelace", "Account.DisplayName", "Ada Lovelace")]
    public void Each_name_is_honoured_or_says_why_not(string name, string value, string property, string expected)
    {
        var environment = new Dictionary<string, string> { [name] = value };
        if (name.StartsWith("SIP_", StringComparison.Ordinal))
        {
            environment.TryAdd("SIP_SERVER", "provider.example");
            environment.TryAdd("SIP_USERNAME", "ada");
        }

        var loaded = OptionsLoader.Load(new OptionsSources(_folder.Path, environment, []));
        Assert.Empty(loaded.Errors);
        if (property.Length == 0)
        {
            Assert.Equal([expected], loaded.Warnings);
            return;
        }

        Assert.Empty(loaded.Warnings);
        object? at = loaded.Options;
        foreach (var part in property.Split('.'))
            at = at!.GetType().GetProperty(part)!.GetValue(at);
        Assert.Equal(expected, at is IEnumerable<string> list ? string.Join(',', list) : at!.ToString());
    }

    // The list is that of the compatibility facts; a name that is taken out of the table above or of the page is missed.
    [Fact]
    public void Every_name_is_walked_and_documented()
    {
        string[] names =
        [
            "NODE_ENV", "PORT", "POSTGRES_URL", "REDIS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "LOG_LEVEL", "CORS_ORIGINS", "APP_VERSION", "OTEL_SERVICE_NAME", "OTEL_SERVICE_VERSION", "LOG_FORMAT",
            "METRICS_PORT", "SIP_SERVER", "SIP_USERNAME", "SIP_PASSWORD", "SIP_DOMAIN", "SIP_DISPLAY_NAME",
        ];
        var walked = typeof(GatewayEnvironmentTests).GetMethod(nameof(Each_name_is_honoured_or_says_why_not))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Select(data => (string)data.Data[0]!).ToHashSet();
        Assert.Equal(names.Order(), walked.Order());
        var page = File.ReadAllText(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "operations.md")));
        var part = page[page.IndexOf("## Coming from the telephony gateway", StringComparison.Ordinal)..];
        Assert.All(names, name => Assert.Contains($"| `{name}`", part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SIP_SERVER=wss://provider.example", "SIP_SERVER=wss://provider.example (the environment) is not accepted: a host, host:port, or a SIP URI (sip: or sips:, with transport= udp, tcp or tls); not ws: or wss:")]
    [InlineData("SIP_SERVER=provider.example", "SIP_USERNAME is not set: SIP_SERVER needs the user name of an account there")]
    [InlineData("SIP_USERNAME=ada", "SIP_SERVER is not set: SIP_USERNAME and SIP_PASSWORD are those of an account there")]
    [InlineData("SIP_PASSWORD=secret", "SIP_SERVER is not set: SIP_USERNAME and SIP_PASSWORD are those of an account there")]
    [InlineData("LOG_FORMAT=xml", "LOG_FORMAT=xml (the environment) is not accepted: one of json, text")]
    public void What_cannot_be_honoured_is_refused_in_one_line(string assignments, string line)
    {
        var loaded = OptionsLoader.Load(new OptionsSources(_folder.Path, assignments.Split(',').Select(a => a.Split('=', 2)).ToDictionary(p => p[0], p => p[1]), []));
        Assert.Equal([line], loaded.Errors);
    }

    [Theory]
    [InlineData("provider.example", "provider.example", 0, "udp")]
    [InlineData("provider.example:5070", "provider.example", 5070, "udp")]
    [InlineData("192.0.2.1:5070", "192.0.2.1", 5070, "udp")]
    [InlineData("[2001:db8::1]:5070", "[2001:db8::1]", 5070, "udp")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]", 0, "udp")]
    [InlineData("sip:provider.example", "provider.example", 0, "udp")]
    [InlineData("SIP:provider.example:5070;transport=TCP", "provider.example", 5070, "tcp")]
    [InlineData("sips:provider.example", "provider.example", 0, "tls")]
    [InlineData("sips:provider.example;transport=tcp", "provider.example", 0, "tls")]
    [InlineData("ws://provider.example", null, 0, "")]
    [InlineData("provider.example:0", null, 0, "")]
    [InlineData("provider.example;transport=tcp", null, 0, "")]
    [InlineData("sip:provider.example;transport=ws", null, 0, "")]
    [InlineData("sip:ada@provider.example", null, 0, "")]
    [InlineData("2001:db8::1", null, 0, "")]
    public void A_server_is_a_host_or_a_sip_uri(string text, string? host, int port, string transport)
    {
        var isRead = AccountServer.TryParse(text, out var readHost, out var readPort, out var readTransport);
        Assert.Equal(host is not null, isRead);
        if (isRead)
            Assert.Equal((host, port, transport), (readHost, readPort, readTransport));
    }

    // The account is a SIP profile that registers; a restart with another password changes it, and what somebody has set besides stays.
    [Fact]
    public async Task The_account_of_the_environment_is_a_profile()
    {
        TandemOptions With(string password) => new()
        {
            Account = new AccountOptions { Server = "sip:127.0.0.1:9;transport=tcp", UserName = "ada", Password = new Core.Privacy.Secret(password), Domain = "accounts.example", DisplayName = "Ada" },
        };
        await using var exchange = await RunningExchange.StartAsync(options => options with { Account = With("first").Account, Server = options.Server with { AppVersion = "7.7" } });
        var storage = exchange.Host.Parts.Storage;
        var profile = (await storage.Profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, TestContext.Current.CancellationToken))!;
        Assert.Equal(("127.0.0.1", 9, "ada", "first", "accounts.example", "Ada", true, true), (profile.Server, profile.Port, profile.UserName, profile.Password.Reveal(), profile.Domain, profile.CallerName, profile.Registers, profile.Enabled));
        Assert.Contains("\"version\":\"7.7\"", await exchange.GetAsync("/health"), StringComparison.Ordinal);

        var changed = (await storage.Profiles.UpdateAsync(profile with { MaxCalls = 5, Enabled = false }, TestContext.Current.CancellationToken))!;
        Assert.Null(await AccountProfile.SaveAsync(storage, With("first"), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken));
        Assert.Equal(changed.Version, (await storage.Profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, TestContext.Current.CancellationToken))!.Version);
        Assert.Null(await AccountProfile.SaveAsync(storage, With("second"), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken));
        profile = (await storage.Profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, TestContext.Current.CancellationToken))!;
        Assert.Equal(("second", 5, false), (profile.Password.Reveal(), profile.MaxCalls, profile.Enabled));
    }

    // SIP_DOMAIN and SIP_DISPLAY_NAME are not set: what somebody has given the profile stays, at each start and when the password is another.
    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public async Task What_the_environment_does_not_name_stays_as_somebody_has_set_it(string password)
    {
        TandemOptions With(string password) => new() { Account = new AccountOptions { Server = "sip:127.0.0.1:9;transport=tcp", UserName = "ada", Password = new Core.Privacy.Secret(password) } };
        await using var server = await ApiServer.StartAsync();
        var profiles = server.Storage.Profiles;
        Assert.Null(await AccountProfile.SaveAsync(server.Storage, With("first"), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken));
        var profile = (await profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, TestContext.Current.CancellationToken))!;
        Assert.Equal(("", ""), (profile.Domain, profile.CallerName));
        await profiles.UpdateAsync(profile with { Domain = "accounts.example", CallerName = "Ada" }, TestContext.Current.CancellationToken);

        Assert.Null(await AccountProfile.SaveAsync(server.Storage, With(password), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken));
        profile = (await profiles.FindAsync(TenantId.Default, AccountOptions.ProfileName, TestContext.Current.CancellationToken))!;
        Assert.Equal(("accounts.example", "Ada", password), (profile.Domain, profile.CallerName, profile.Password.Reveal()));
    }

    [Fact]
    public void A_line_of_text_is_one_line_with_the_ids_of_the_call()
    {
        var happened = new LogEvent(
            new DateTimeOffset(2026, 11, 22, 5, 6, 7, TimeSpan.Zero), LogEventLevel.Warning, new InvalidOperationException("one\ntwo"), new MessageTemplateParser().Parse("Call of {From:l}"),
            [new LogEventProperty("From", new ScalarValue("a\nb")), new LogEventProperty("callId", new ScalarValue("01X")), new LogEventProperty("traceId", new ScalarValue("abc"))]);
        var line = new StringWriter();
        new TextLineFormatter().Format(happened, line);
        Assert.Single(line.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^2026-11-22 05:06:07 warn .*Call of a.*b callId=01X traceId=abc: System.InvalidOperationException", line.ToString());
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
