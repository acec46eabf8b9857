using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;

namespace Tandem.Storage.Profiles;

/// <summary>What <c>sip_profiles.settings</c> holds: all of a profile but its identity, its secret and its times.</summary>
internal sealed record ProfileSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public string Server { get; init; } = "";

    public int Port { get; init; }

    public SipTransportKind Transport { get; init; }

    public string UserName { get; init; } = "";

    public string AuthenticationName { get; init; } = "";

    public string Realm { get; init; } = "";

    public string Domain { get; init; } = "";

    public string OutboundProxy { get; init; } = "";

    public string CallerId { get; init; } = "";

    public string CallerName { get; init; } = "";

    public string Codecs { get; init; } = "";

    public SrtpPolicy? Srtp { get; init; }

    public int ExpirySeconds { get; init; } = 3_600;

    public FromUserStyle FromUser { get; init; }

    public IdentityStyle Identity { get; init; }

    public EarlyMediaPolicy EarlyMedia { get; init; }

    public string CountryCode { get; init; } = "";

    public string NationalPrefix { get; init; } = "0";

    public string InternationalPrefix { get; init; } = "00";

    public NumberFormat NumberFormat { get; init; }

    public string ClientCertificate { get; init; } = "";

    public string TrustedCertificates { get; init; } = "";

    public InboundCertificate InboundCertificate { get; init; }

    public bool Registers { get; init; } = true;

    public IReadOnlyList<string> Prefixes { get; init; } = [];

    public int HealthIntervalSeconds { get; init; }

    public int Priority { get; init; } = 10;

    public int Weight { get; init; } = 10;

    public int MaxCalls { get; init; }

    public int MaxCallsPerSecond { get; init; }

    public static string Write(SipProfile profile) => JsonSerializer.Serialize(
        new ProfileSettings
        {
            Server = profile.Server,
            Port = profile.Port,
            Transport = profile.Transport,
            UserName = profile.UserName,
            AuthenticationName = profile.AuthenticationName,
            Realm = profile.Realm,
            Domain = profile.Domain,
            OutboundProxy = profile.OutboundProxy,
            CallerId = profile.CallerId,
            CallerName = profile.CallerName,
            Codecs = profile.Codecs,
            Srtp = profile.Srtp,
            ExpirySeconds = profile.ExpirySeconds,
            FromUser = profile.FromUser,
            Identity = profile.Identity,
            EarlyMedia = profile.EarlyMedia,
            CountryCode = profile.Numbers.CountryCode,
            NationalPrefix = profile.Numbers.NationalPrefix,
            InternationalPrefix = profile.Numbers.InternationalPrefix,
            NumberFormat = profile.Numbers.Format,
            ClientCertificate = profile.ClientCertificate,
            TrustedCertificates = profile.TrustedCertificates,
            InboundCertificate = profile.InboundCertificate,
            Registers = profile.Registers,
            Prefixes = [.. profile.Prefixes.Select(prefix => prefix.ToString())],
            HealthIntervalSeconds = profile.HealthIntervalSeconds,
            Priority = profile.Priority,
            Weight = profile.Weight,
            MaxCalls = profile.MaxCalls,
            MaxCallsPerSecond = profile.MaxCallsPerSecond,
        },
        Json);

    /// <summary>Puts the settings of a row into a profile that has the rest.</summary>
    /// <exception cref="StorageException">The text is not what <see cref="Write"/> makes.</exception>
    public static SipProfile Read(string text, SipProfile profile)
    {
        ProfileSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize<ProfileSettings>(text, Json) ?? new ProfileSettings();
        }
        catch (JsonException e)
        {
            throw new StorageException($"the settings of SIP profile {profile.Id} cannot be read: {e.Message}", e);
        }

        return profile with
        {
            Server = settings.Server,
            Port = settings.Port,
            Transport = settings.Transport,
            UserName = settings.UserName,
            AuthenticationName = settings.AuthenticationName,
            Realm = settings.Realm,
            Domain = settings.Domain,
            OutboundProxy = settings.OutboundProxy,
            CallerId = settings.CallerId,
            CallerName = settings.CallerName,
            Codecs = settings.Codecs,
            Srtp = settings.Srtp,
            ExpirySeconds = settings.ExpirySeconds,
            FromUser = settings.FromUser,
            Identity = settings.Identity,
            EarlyMedia = settings.EarlyMedia,
            Numbers = new NumberPlan(settings.CountryCode, settings.NationalPrefix, settings.InternationalPrefix, settings.NumberFormat),
            ClientCertificate = settings.ClientCertificate,
            TrustedCertificates = settings.TrustedCertificates,
            InboundCertificate = settings.InboundCertificate,
            Registers = settings.Registers,
            Prefixes = ReadPrefixes(settings.Prefixes),
            HealthIntervalSeconds = settings.HealthIntervalSeconds,
            Priority = settings.Priority,
            Weight = settings.Weight,
            MaxCalls = settings.MaxCalls,
            MaxCallsPerSecond = settings.MaxCallsPerSecond,
        };
    }

    private static List<NetPrefix> ReadPrefixes(IReadOnlyList<string> texts)
    {
        var prefixes = new List<NetPrefix>(texts.Count);
        foreach (var text in texts)
        {
            if (NetPrefix.TryParse(text, out var prefix))
                prefixes.Add(prefix);
        }

        return prefixes;
    }
}
