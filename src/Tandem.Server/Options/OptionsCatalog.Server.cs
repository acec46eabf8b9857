using Serilog.Events;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Installation = "Installation";
    private const string Logs = "Logs";
    private const string Http = "HTTP";

    private static readonly WordKind Level = new(
        ("error", LogEventLevel.Error), ("warn", LogEventLevel.Warning), ("info", LogEventLevel.Information), ("debug", LogEventLevel.Debug),
        ("warning", LogEventLevel.Warning), ("information", LogEventLevel.Information),
        ("http", LogEventLevel.Information), ("verbose", LogEventLevel.Debug), ("silly", LogEventLevel.Debug), ("trace", LogEventLevel.Debug));

    private static readonly WordKind LogFormats = new(("json", LogFormat.Json), ("text", LogFormat.Text), ("simple", LogFormat.Text), ("pretty", LogFormat.Text));

    private static bool IsNumber(string text) => text.Length is >= 2 and <= 9 && text[0] != '0' && text.All(char.IsAsciiDigit);

    private static bool IsOrigin(string text) =>
        text == "*" || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && !text.EndsWith('/'));

    private static bool IsSipOrigin(string text) => text == "same" || IsOrigin(text);

    private static bool IsDatabase(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
        || text.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    private static void AddServer(List<Setting> list)
    {
        list.Add(Installation, "NODE_ENV", o => o.Server.Environment,
            new WordKind(("development", "Development"), ("production", "Production"), ("staging", "Staging"), ("test", "Test")),
            "In development, HTTP requests from this machine itself act as administrator; in production every request needs a session or a token, and the admin routes are absent.",
            main: true, aliases: ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"]);
        list.Add(Installation, "APP_VERSION", o => o.Server.AppVersion, new TextKind("1 to 64 characters", maxLength: 64),
            "The version that the health pages tell, for those who look there for what they deployed.", defaultText: "that of the program");
        list.Add(Installation, "SERVER_ADDRESS", o => o.Server.ServerAddress, new AddressKind(wildcard: false),
            "The address that phones are told in Contact, Via and SDP. Set it when the machine is behind NAT; phones on this machine itself are always told 127.0.0.1.",
            main: true, defaultText: "for each phone the address that the route to it uses", aliases: ["PUBLIC_IP"]);
        list.Add(Installation, "SIP_PORT", o => o.Server.SipPort, Port(), "SIP over UDP and TCP.", main: true);
        list.Add(Installation, "SIPS_PORT", o => o.Server.SipsPort, OptionalPort(),
            "SIP over TLS (SIPS). When another program has the port, the exchange starts without and warns.", main: true);
        list.Add(Installation, "SIP_HOST", o => o.Server.SipHost, new AddressKind(wildcard: true), "The address that SIP listens on.", main: true);
        list.Add(Installation, "API_PORT", o => o.Server.ApiPort, Port(), "HTTP: the REST API and the health pages.", main: true, aliases: ["PORT"]);
        list.Add(Installation, "HTTPS_PORT", o => o.Server.HttpsPort, OptionalPort(),
            "HTTPS: the same pages, and SIP over secure WebSocket (wss) at /sip. When another program has the port, the exchange starts without and warns.", main: true);
        list.Add(Installation, "API_HOST", o => o.Server.ApiHost, new AddressKind(wildcard: true), "The address that HTTP listens on.", main: true);
        list.Add(Installation, "RTP_PORT", o => o.Server.RtpPort, Count(1_024, 65_528), "The first port for audio (RTP and RTCP).", main: true);
        list.Add(Installation, "RTP_PORT_MAX", o => o.Server.RtpPortMax, Count(1_031, 65_535),
            "The last port for audio. A call takes four ports, two when both phones multiplex RTCP; 10,000 ports are 2,500 calls.",
            main: true, defaultText: "RTP_PORT + 9999");
        list.Add(Installation, "RTP_HOST", o => o.Server.RtpHost, new AddressKind(wildcard: true), "The address that audio is received on.", main: true);
        list.Add(Installation, "EXT_MIN", o => o.Server.ExtMin, new TextKind("a number of 2 to 9 digits, the first not 0", IsNumber),
            "The first extension. The first start creates all from EXT_MIN to EXT_MAX; a number outside is answered with 404.", main: true);
        list.Add(Installation, "EXT_MAX", o => o.Server.ExtMax, new TextKind("a number of 2 to 9 digits, the first not 0", IsNumber), "The last extension.", main: true);
        list.Add(Installation, "DATA_DIR", o => o.Server.DataDirectory, new TextKind("a folder"), "The database, recordings and keys. This is what a backup copies.", main: true);
        list.Add(Installation, "POSTGRES_URL", o => o.Server.PostgresUrl,
            new TextKind("postgresql://user:password@host:port/database, or Host=...;Database=...", IsDatabase),
            "Keeps everything in PostgreSQL instead of SQLite in DATA_DIR.", main: true, defaultText: "SQLite in DATA_DIR");
        list.Add(Installation, "ENABLE_AUTH", o => o.Server.EnableAuth, SwitchKind.Instance,
            "Whether phones must prove who they are with their secret. false is for a closed lab only, and is warned of at every start.", main: true);
        list.Add(Installation, "AUTH_SECRET", o => o.Server.AuthSecret, new TextKind("1 to 128 characters", maxLength: 128),
            "The secret that the first start gives to every extension it creates. Later it is changed by `tandem extensions reset-secret`.",
            main: true, defaultText: "a random secret for each extension");
        list.Add(Installation, "DRAIN_GRACE", o => o.Server.DrainGrace, Seconds(0, 3_600),
            "How long calls in progress may go on after Ctrl-C or SIGTERM, before they get BYE. 10 s fit into what service managers wait by default.", main: true);
        list.Add(Installation, "DRAIN_FAREWELL", o => o.Server.DrainFarewell, Seconds(0, 64),
            "How long answers to the BYEs of a stop are waited for: a phone that is there answers sooner.");
        list.Add(Installation, "SIP_SHARDS", o => o.Server.SipShards, new NumberKind(0, 64, "", "0 for one per core, 16 at most"),
            "Loops that do SIP, each on a thread of its own. A call stays on one of them.");
        list.Add(Installation, "GC_STEP", o => o.Server.CollectorStep, new SizeKind(0, 1 << 30),
            "While little memory is made (requests beside calls), the youngest is collected after so much of it, which stops sound for about 2 ms; 0 leaves it to the runtime: 16 MiB, for 5 to 20 ms.");
        list.Add(Installation, "GC_OLD_INTERVAL", o => o.Server.CollectorOld, Seconds(0, 3_600),
            "How often old memory is collected beside the calls, which costs some 20 ms of a core for each 50 MB. With more than 20 s, or 0 (the runtime says when), it may stop all sound until it is done: half a second with 1 GB.");
    }

    private static void AddLog(List<Setting> list)
    {
        list.Add(Logs, "LOG_LEVEL", o => o.Log.Level, Level, "The least level that is written to the file.", main: true);
        list.Add(Logs, "LOG_FILE", o => o.Log.File, new TextKind("a file, or - for standard output"),
            "Lines of LOG_FORMAT; errors go to error.log beside it as well.", main: true);
        list.Add(Logs, "LOG_FORMAT", o => o.Log.Format, LogFormats, "json: an object a line; text (also simple, pretty): a line for people.");
        list.Add(Logs, "LOG_MAX_SIZE", o => o.Log.MaxSize, new SizeKind(4 << 10, 100L << 30), "A file that has reached this size is followed by the next one.", main: true);
        list.Add(Logs, "LOG_MAX_FILES", o => o.Log.MaxFiles, Count(1, 10_000), "Files that are kept, the present one included; the oldest is deleted.", main: true);
        list.Add(Logs, "LOG_REDACT", o => o.Log.Redact, SwitchKind.Instance,
            "Hides numbers, addresses and names of people in the log. Off, because the first question to a log is mostly who called whom.", main: true);
        list.Add(Logs, "LOG_SERVICE", o => o.Log.Service, new TextKind("1 to 64 characters", maxLength: 64),
            "The value of `service` on each line; collectors filter on it.");
        list.Add(Logs, "LOG_CONSOLE_LEVEL", o => o.Log.ConsoleLevel, Level, "The least level that is also shown on standard error.");
        list.Add(Logs, "LOG_QUEUE", o => o.Log.QueueCapacity, Count(16, 1_000_000, "events"),
            "Call and registration events that may wait to be written. When the disk cannot follow, more are dropped and counted; a call never waits for the log.");
    }

    private static void AddHttp(List<Setting> list)
    {
        list.Add(Http, "RATE_LIMIT_WINDOW", o => o.Http.RateLimitWindow, Milliseconds(1_000, 86_400_000), "The window of the rate limit.", main: true);
        list.Add(Http, "RATE_LIMIT_MAX", o => o.Http.RateLimitMax, Count(0, 1_000_000_000, "requests"), "Requests that one address, and one API token, may make in a window at all nodes together; 0 for no limit.", main: true);
        list.Add(Http, "RATE_LIMIT_WAIT", o => o.Http.RateLimitWait, Milliseconds(1, 60_000), "How long a request waits to be counted with those at other nodes before it is counted here alone.");
        list.Add(Http, "CORS_ORIGINS", o => o.Http.CorsOrigins, new ListKind("origins like https://desk.example.org separated by commas, or *", check: IsOrigin),
            "Web pages that may call the API from a browser. With * no page gets to use a browser's session.", main: true);
        list.Add(Http, "SIP_WS_ORIGINS", o => o.Http.SipOrigins, new ListKind("same, *, or origins like https://desk.example.org separated by commas", check: IsSipOrigin),
            "Web pages that may speak SIP over WebSocket at /sip: those of this server itself always, those listed here, or with * all. Programs send no Origin and are not asked.", main: true);
        list.Add(Http, "SIP_WS_PING", o => o.Http.SipPingInterval, Seconds(1, 3_600), "How often an open WebSocket is pinged: proxies and NATs forget a quiet connection after 30 to 60 s. One that does not answer in the same time is closed.");
        list.Add(Http, "HTTP_MAX_BODY", o => o.Http.MaxBodyBytes, new SizeKind(1 << 10, 1 << 30), "The largest request body; no body of the API comes near.");
        list.Add(Http, "HTTP_MAX_DRAIN", o => o.Http.MaxDrainBytes, new SizeKind(0, 1L << 32),
            "Bytes of a refused body that are read and thrown away, so that the answer is not lost with the connection.");
        list.Add(Http, "HTTP_DRAIN_TIME", o => o.Http.DrainTimeout, Milliseconds(0, 60_000), "How long a refused body is read.");
        list.Add(Http, "IDEMPOTENCY_KEEP", o => o.Http.IdempotencyKeep, Seconds(1, 604_800), "How long the answer to a POST with Idempotency-Key is kept for its repetition.");
        list.Add(Http, "IDEMPOTENCY_MAX", o => o.Http.IdempotencyMax, Count(1, 1_000_000, "answers"), "Such answers that are kept for each tenant, sealed in the database, at most 64 KiB each and 4 KiB on average (of longer ones fewer are kept); the oldest goes first.");
        list.Add(Http, "IDEMPOTENCY_CLAIM", o => o.Http.IdempotencyClaim, Seconds(4, 3_600), "How long after the last sign of life of a node another may run what that one was running with an Idempotency-Key.");
        list.Add(Http, "HTTP_TURN_WAIT", o => o.Http.TurnWait, Milliseconds(1, 600_000), "How long a request waits while others change the same thing of the configuration, before it gets 503.");
        list.Add(Http, "HTTP_MAX_CONNECTIONS", o => o.Http.MaxConnections, Count(1, 100_000, "connections"), "HTTP connections that may be open at once; more are closed. WebSockets count for SIP_MAX_CONNECTIONS and EVENTS_MAX_CLIENTS instead.");
    }
}
