using System.Text;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;

namespace Tandem.Server.Rest;

/// <summary>What a request or command wants to set of a SIP profile; null leaves a field as it is. Password and private key are only ever written.</summary>
public sealed record ProfileDraft
{
    private const int LongestName = 64;
    private const int LongestText = 128;
    private const int MostPrefixes = 64;

    public string? Name { get; init; }

    public string? Server { get; init; }

    public int? Port { get; init; }

    public string? Transport { get; init; }

    public string? UserName { get; init; }

    public string? AuthenticationName { get; init; }

    public string? Password { get; init; }

    public string? Realm { get; init; }

    public string? Domain { get; init; }

    public string? OutboundProxy { get; init; }

    public string? CallerId { get; init; }

    public string? CallerName { get; init; }

    public string? Codecs { get; init; }

    public string? Srtp { get; init; }

    public int? ExpirySeconds { get; init; }

    public string? FromUser { get; init; }

    public string? Identity { get; init; }

    public string? EarlyMedia { get; init; }

    public string? CountryCode { get; init; }

    public string? NationalPrefix { get; init; }

    public string? InternationalPrefix { get; init; }

    public string? NumberFormat { get; init; }

    public string? ClientCertificate { get; init; }

    public string? ClientKey { get; init; }

    public string? TrustedCertificates { get; init; }

    public string? InboundCertificate { get; init; }

    public bool? Registers { get; init; }

    public IReadOnlyList<string>? Prefixes { get; init; }

    public int? HealthIntervalSeconds { get; init; }

    public int? Priority { get; init; }

    public int? Weight { get; init; }

    public int? MaxCalls { get; init; }

    public int? MaxCallsPerSecond { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Puts the draft over a profile. Null when a field is not accepted; <paramref name="fault"/> then names it and says what is.</summary>
    public SipProfile? Over(SipProfile profile, DateTimeOffset now, out string fault)
    {
        fault = "";
        if (!TryTransport(profile.Transport, out var transport))
            fault = "transport: udp, tcp or tls";
        else if (!TrySrtp(profile.Srtp, out var srtp))
            fault = "srtp: never, offered, required, dtls, or default for the installation's";
        else if (!TryWord(FromUser, profile.FromUser, out var fromUser))
            fault = "fromUser: userName, callerId or extension";
        else if (!TryWord(Identity, profile.Identity, out var identity))
            fault = "identity: asserted or none";
        else if (!TryWord(EarlyMedia, profile.EarlyMedia, out var earlyMedia))
            fault = "earlyMedia: pass or ring";
        else if (!TryWord(InboundCertificate, profile.InboundCertificate, out var inboundCertificate))
            fault = "inboundCertificate: none or required";
        else if (!TryWord(NumberFormat, profile.Numbers.Format, out var format))
            fault = "numberFormat: e164, digits, international, national or dialled";
        else if (!TryPrefixes(profile.Prefixes, out var prefixes))
            fault = $"prefixes: up to {MostPrefixes} networks like 192.0.2.0/24 or 2001:db8::/32";
        else
        {
            var result = profile with
            {
                Name = Name?.Trim() ?? profile.Name,
                Server = Server?.Trim() ?? profile.Server,
                Port = Port ?? profile.Port,
                Transport = transport,
                UserName = UserName ?? profile.UserName,
                AuthenticationName = AuthenticationName ?? profile.AuthenticationName,
                Password = Password is null ? profile.Password : new Secret(Password),
                Realm = Realm ?? profile.Realm,
                Domain = Domain ?? profile.Domain,
                OutboundProxy = OutboundProxy?.Trim() ?? profile.OutboundProxy,
                CallerId = CallerId ?? profile.CallerId,
                CallerName = CallerName ?? profile.CallerName,
                Codecs = Codecs?.Replace(" ", "", StringComparison.Ordinal) ?? profile.Codecs,
                Srtp = srtp,
                ExpirySeconds = ExpirySeconds ?? profile.ExpirySeconds,
                FromUser = fromUser,
                Identity = identity,
                EarlyMedia = earlyMedia,
                Numbers = new NumberPlan(
                    CountryCode?.TrimStart('+') ?? profile.Numbers.CountryCode, NationalPrefix ?? profile.Numbers.NationalPrefix,
                    InternationalPrefix ?? profile.Numbers.InternationalPrefix, format),
                InboundCertificate = inboundCertificate,
                Registers = Registers ?? profile.Registers,
                Prefixes = prefixes,
                HealthIntervalSeconds = HealthIntervalSeconds ?? profile.HealthIntervalSeconds,
                Priority = Priority ?? profile.Priority,
                Weight = Weight ?? profile.Weight,
                MaxCalls = MaxCalls ?? profile.MaxCalls,
                MaxCallsPerSecond = MaxCallsPerSecond ?? profile.MaxCallsPerSecond,
                Enabled = Enabled ?? profile.Enabled,
            };
            result = ProfileTls.Over(result, this);
            fault = Check(result);
            if (fault.Length == 0)
                fault = ProfileTls.Check(result, this, now);
            return fault.Length == 0 ? result : null;
        }

        return null;
    }

    private static string Check(SipProfile profile) => profile switch
    {
        { Name: var name } when name.Length is 0 or > LongestName || name.Any(char.IsControl) => $"name: 1 to {LongestName} characters",
        { Server: var server } when !IsHost(server) => "server: a host name or an address",
        { Port: < 0 or > 65_535 } => "port: 0 to 65535; 0 for what the name of the server says",
        { UserName: var user } when !IsText(user) => $"userName: up to {LongestText} characters without spaces and quotes",
        { Registers: true, UserName.Length: 0 } => "userName: is needed to register",
        { AuthenticationName: var user } when user.Length > LongestText || user.Any(char.IsControl) => $"authenticationName: up to {LongestText} characters",
        { Password: var password } when password.Reveal().Length > LongestText || password.Reveal().Any(char.IsControl) => $"password: up to {LongestText} characters",
        { Realm: var realm } when realm.Length > LongestText || realm.Any(c => char.IsControl(c) || c is '"' or '\\') => $"realm: up to {LongestText} characters without quotes",
        { Domain: var domain } when domain.Length > 0 && !IsHost(domain) => "domain: a host name or an address, or nothing for the server",
        { OutboundProxy: var proxy } when proxy.Length > 0 && !IsProxy(proxy) => "outboundProxy: a SIP URI, or host and port, or nothing",
        { CallerId: var id } when !IsText(id) => $"callerId: up to {LongestText} characters without spaces and quotes",
        { CallerName: var name } when name.Length > LongestText || name.Any(char.IsControl) => $"callerName: up to {LongestText} characters",
        { Codecs: var codecs } when !AreCodecs(codecs) => "codecs: SDP names separated by commas (opus, G722, PCMU, PCMA, G729, GSM, L16), or nothing for the installation's",
        { ExpirySeconds: < 60 or > 86_400 } => "expirySeconds: 60 to 86400",
        { Numbers.CountryCode: var code } when code.Length > 3 || code.Any(c => !char.IsAsciiDigit(c)) || code.StartsWith('0') => "countryCode: 1 to 3 digits that do not begin with 0, or nothing",
        { Numbers.NationalPrefix: var prefix } when prefix.Length > 4 || prefix.Any(c => !char.IsAsciiDigit(c)) => "nationalPrefix: up to 4 digits",
        { Numbers.InternationalPrefix: var prefix } when prefix.Length > 5 || prefix.Any(c => !char.IsAsciiDigit(c)) => "internationalPrefix: up to 5 digits",
        { HealthIntervalSeconds: < 0 or > 3_600 or (> 0 and < 5) } => "healthIntervalSeconds: 5 to 3600, or 0 for none",
        { Priority: < 0 or > 65_535 } => "priority: 0 to 65535",
        { Weight: < 0 or > 65_535 } => "weight: 0 to 65535",
        { MaxCalls: < 0 or > 100_000 } => "maxCalls: 0 to 100000; 0 for no limit",
        { MaxCallsPerSecond: < 0 or > 10_000 } => "maxCallsPerSecond: 0 to 10000; 0 for no limit",
        _ => "",
    };

    private bool TryTransport(SipTransportKind current, out SipTransportKind transport)
    {
        transport = current;
        return Transport is null || (TryWord(Transport, current, out transport) && transport is SipTransportKind.Udp or SipTransportKind.Tcp or SipTransportKind.Tls);
    }

    private bool TrySrtp(SrtpPolicy? current, out SrtpPolicy? policy)
    {
        policy = current;
        if (Srtp is null)
            return true;

        policy = null;
        if (Srtp.Equals("default", StringComparison.OrdinalIgnoreCase))
            return true;

        if (!TryWord(Srtp, SrtpPolicy.Never, out var named))
            return false;

        policy = named;
        return true;
    }

    private bool TryPrefixes(IReadOnlyList<NetPrefix> current, out IReadOnlyList<NetPrefix> prefixes)
    {
        prefixes = current;
        if (Prefixes is null)
            return true;

        var list = new List<NetPrefix>();
        prefixes = list;
        foreach (var text in Prefixes)
        {
            if (list.Count >= MostPrefixes || text is null || !NetPrefix.TryParse(text, out var prefix))
                return false;

            list.Add(prefix);
        }

        return true;
    }

    private static bool TryWord<T>(string? text, T current, out T value)
        where T : struct, Enum
    {
        value = current;
        if (text is null)
            return true;

        foreach (var candidate in Enum.GetValues<T>())
        {
            if (candidate.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        return false;
    }

    private static bool IsHost(string host) => NetAddress.TryParse(host, 0, out _) || (DnsName.TryParse(Encoding.UTF8.GetBytes(host), out _) && !host.Contains(' ', StringComparison.Ordinal));

    private static bool IsProxy(string proxy)
    {
        if (proxy.Length > 255 || proxy.Any(c => char.IsControl(c) || c is ' ' or '"' or '<' or '>'))
            return false;

        var uri = proxy.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || proxy.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? proxy : "sip:" + proxy;
        return SipUriValue.TryParse(Encoding.UTF8.GetBytes(uri), out var value) && IsHost(value.HostText());
    }

    private static bool IsText(string text) => text.Length <= LongestText && !text.Any(c => char.IsControl(c) || c is ' ' or '"' or '<' or '>' or '\\');

    private static bool AreCodecs(string codecs) =>
        codecs.Length == 0 || (codecs.Length <= 200 && codecs.Split(',').All(name => name.Length is > 0 and <= 20 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/')));
}
