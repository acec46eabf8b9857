using System.Linq.Expressions;
using System.Reflection;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

/// <summary>
/// Every setting that there is. The loader, the command line and docs/configuration.md all read it; a test compares it with
/// the option records, so that no limit of a room is left without a name.
/// </summary>
public static partial class OptionsCatalog
{
    private static readonly Lazy<IReadOnlyList<Setting>> Settings = new(Build);

    private static readonly Lazy<Dictionary<string, Setting>> ByName = new(() =>
    {
        var names = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in All)
        {
            names.Add(setting.Name, setting);
            foreach (var alias in setting.Aliases)
                names.Add(alias, setting);
        }

        return names;
    });

    /// <summary>All settings in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All => Settings.Value;

    /// <summary>Names that are known and have no effect.</summary>
    public static IReadOnlyList<LaterSetting> Later { get; } =
    [
        new("CLEANUP_INTERVAL", "is not needed: every registration and call has its own timer"),
        new("RABBITMQ_URL", "has no effect yet: events stay inside the process"),
        new("MESSAGE_QUEUE_URL", "has no effect yet: events stay inside the process"),
        new("USER_SERVICE_URL", "has no effect yet: extensions are kept in the database"),
        new("DIALPLAN_SERVICE_URL", "has no effect yet: a number rings the extension of that number"),
        new("MEDIA_SERVICE_URL", "has no effect yet: media is relayed by the exchange itself"),
        new("EVENT_SOCKET_PORT", "has no effect yet: there is no event socket"),
        new("GRPC_PORT", "has no effect yet: there is no gRPC server"),
        new("METRICS_PORT", "has no effect: metrics have no port of their own"),
    ];

    /// <summary>Properties of the rooms' records that have no setting of their own, and what they follow from.</summary>
    public static IReadOnlyDictionary<string, string> Composed { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Account.Domain"] = "SIP_DOMAIN, where SIP_SERVER is set",
        ["Calls.FirstExtension"] = "EXT_MIN",
        ["Calls.LastExtension"] = "EXT_MAX",
        ["Media.AdvertisedV4"] = "SERVER_ADDRESS, RTP_HOST",
        ["Media.AdvertisedV6"] = "SERVER_ADDRESS, RTP_HOST",
        ["Media.CandidateAddresses"] = "the addresses of the machine",
        ["Media.BindV4"] = "RTP_HOST",
        ["Media.BindV6"] = "RTP_HOST",
        ["Media.RtpPort"] = "RTP_PORT",
        ["Media.RtpPortMax"] = "RTP_PORT_MAX",
        ["Registrar.Host"] = "SIP_DOMAIN",
        ["ShardLoop.Name"] = "the number of the shard",
        ["SipEngine.AllowedMethods"] = "what this version can do",
        ["SipEngine.SupportedOptions"] = "what this version can do",
        ["SipEngine.EventPackages"] = "what this version can do",
        ["SipTransport.Listeners"] = "SIP_HOST, SIP_PORT, SIPS_PORT",
        ["SipTransport.Ipv6PrefixBits"] = "GUARD_IPV6_PREFIX",
        ["SipTransport.Tls.WantsProof"] = "the SIP profiles with inboundCertificate",
        ["SipTransport.Tls.Identities"] = "the client certificates of SIP profiles",
        ["SipTransport.Tls.Certificates"] = "TLS_CERT, TLS_KEY, TLS_CA",
        ["SipTransport.Limits.*"] = "SIP_MAX_MESSAGE and the settings beside it",
        ["SipEngine.Limits.*"] = "SIP_MAX_MESSAGE and the settings beside it",
        ["Storage.DataDirectory"] = "DATA_DIR",
        ["Storage.PostgresUrl"] = "POSTGRES_URL",
        ["Security.RequireCredentials"] = "ENABLE_AUTH",
    };

    /// <summary>The setting of that name or alias, in any case; null when there is none.</summary>
    public static Setting? Find(string name) => ByName.Value.GetValueOrDefault(name);

    /// <summary>The known name without effect; null when it is not one.</summary>
    public static LaterSetting? FindLater(string name) => Later.FirstOrDefault(l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static List<Setting> Build()
    {
        var list = new List<Setting>();
        AddServer(list);
        AddLog(list);
        AddHttp(list);
        AddCalls(list);
        AddRegistrations(list);
        AddTrunks(list);
        AddRouting(list);
        AddMeetings(list);
        AddIvr(list);
        AddEvents(list);
        AddMedia(list);
        AddPlayback(list);
        AddRecordings(list);
        AddVoicemail(list);
        AddAuthentication(list);
        AddSip(list);
        AddTls(list);
        AddStorage(list);
        AddWebhooks(list);
        AddStreams(list);
        AddCluster(list);
        AddObservability(list);
        return list;
    }

    private static void Add<T>(
        this List<Setting> list, string group, string name, Expression<Func<TandemOptions, T>> property, ValueKind kind, string reason,
        bool main = false, string? defaultText = null, params string[] aliases)
    {
        var path = new List<PropertyInfo>();
        var expression = property.Body;
        while (expression is MemberExpression { Member: PropertyInfo member } step)
        {
            path.Insert(0, member);
            expression = step.Expression;
        }

        list.Add(new Setting(name, aliases, group, kind, [.. path], reason, main, defaultText));
    }

    private static NumberKind Count(long minimum, long maximum, string unit = "") => new(minimum, maximum, unit);

    private static NumberKind Port() => new(0, 65_535, "", "0 for any free port");

    private static NumberKind OptionalPort() => new(-1, 65_535, "", "0 for any free port, -1 for none");

    private static DurationKind Milliseconds(double minimum, double maximum) =>
        new(DurationUnit.Milliseconds, TimeSpan.FromMilliseconds(minimum), TimeSpan.FromMilliseconds(maximum));

    private static DurationKind Seconds(double minimum, double maximum) =>
        new(DurationUnit.Seconds, TimeSpan.FromSeconds(minimum), TimeSpan.FromSeconds(maximum));
}
