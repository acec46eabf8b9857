using System.CommandLine;
using Tandem.Server.Rest;

namespace Tandem.Server.Cli;

/// <summary>The options of <c>tandem profiles add</c> and <c>set</c>: one for each field of a SIP profile.</summary>
internal sealed class ProfileFields
{
    private readonly Option<string> _server = new("--server") { Description = "The provider: a host name or an address" };
    private readonly Option<int?> _port = new("--port") { Description = "Its port; 0 for what the name says" };
    private readonly Option<string> _transport = new("--transport") { Description = "udp, tcp or tls" };
    private readonly Option<string> _user = new("--user") { Description = "The user name of the account" };
    private readonly Option<string> _authentication = new("--auth-name") { Description = "The name for the password, where it is another one" };
    private readonly Option<bool> _password = new("--password-stdin") { Description = "Takes the password from one line of standard input" };
    private readonly Option<string> _realm = new("--realm") { Description = "The only realm that gets the password" };
    private readonly Option<string> _domain = new("--domain") { Description = "The domain of the account, where it is not the server" };
    private readonly Option<string> _proxy = new("--proxy") { Description = "A proxy that everything goes through" };
    private readonly Option<string> _callerId = new("--caller-id") { Description = "The number that calls show" };
    private readonly Option<string> _callerName = new("--caller-name") { Description = "The name that calls show" };
    private readonly Option<string> _codecs = new("--codecs") { Description = "What is offered, in this order, for example PCMA,PCMU" };
    private readonly Option<string> _srtp = new("--srtp") { Description = "never, offered, required, dtls or default" };
    private readonly Option<int?> _expiry = new("--expiry") { Description = "The lifetime of the registration in seconds" };
    private readonly Option<string> _fromUser = new("--from-user") { Description = "userName, callerId or extension" };
    private readonly Option<string> _identity = new("--identity") { Description = "asserted or none" };
    private readonly Option<string> _early = new("--early-media") { Description = "Sound before the answer: pass or ring" };
    private readonly Option<string> _country = new("--country") { Description = "The country code, for example 49" };
    private readonly Option<string> _national = new("--national-prefix") { Description = "Dialled before a national number, for example 0" };
    private readonly Option<string> _international = new("--international-prefix") { Description = "Dialled before a country code, for example 00" };
    private readonly Option<string> _format = new("--number-format") { Description = "e164, digits, international, national or dialled" };
    private readonly Option<string> _certificate = new("--client-cert") { Description = "A file in PEM: the certificate for TLS to this provider, then its chain; - for none" };
    private readonly Option<string> _key = new("--client-key") { Description = "A file in PEM: its private key, without a passphrase" };
    private readonly Option<string> _roots = new("--trusted-certs") { Description = "A file in PEM: the roots of this provider; - for the installation's" };
    private readonly Option<string> _inbound = new("--inbound-cert") { Description = "required: calls of this provider come over TLS with a certificate of it alone; or none" };
    private readonly Option<bool?> _registers = new("--registers") { Description = "false for a trunk that is known by addresses alone" };
    private readonly Option<string> _prefixes = new("--prefixes") { Description = "Networks from which its calls may come, separated by commas" };
    private readonly Option<int?> _health = new("--health-interval") { Description = "Seconds between two OPTIONS; 0 for none" };
    private readonly Option<int?> _priority = new("--priority") { Description = "Lower ones are tried first" };
    private readonly Option<int?> _weight = new("--weight") { Description = "The share among profiles of one priority" };
    private readonly Option<int?> _maxCalls = new("--max-calls") { Description = "Calls at the same time; 0 for no limit" };
    private readonly Option<int?> _maxRate = new("--max-rate") { Description = "New calls a second; 0 for no limit" };
    private readonly Option<bool?> _enabled = new("--enabled") { Description = "false: it neither registers nor carries calls" };

    public ProfileFields(Command command)
    {
        foreach (var option in new Option[]
        {
            _server, _port, _transport, _user, _authentication, _password, _realm, _domain, _proxy, _callerId, _callerName, _codecs, _srtp, _expiry, _fromUser, _identity,
            _early, _country, _national, _international, _format, _certificate, _key, _roots, _inbound, _registers, _prefixes, _health, _priority, _weight, _maxCalls, _maxRate, _enabled,
        })
            command.Add(option);
    }

    /// <summary>What was given; false when the password on standard input or a file is not accepted, which was said.</summary>
    public bool TryRead(CliContext context, ParseResult result, out ProfileDraft draft)
    {
        draft = new ProfileDraft
        {
            Server = result.GetValue(_server),
            Port = result.GetValue(_port),
            Transport = result.GetValue(_transport),
            UserName = result.GetValue(_user),
            AuthenticationName = result.GetValue(_authentication),
            Realm = result.GetValue(_realm),
            Domain = result.GetValue(_domain),
            OutboundProxy = result.GetValue(_proxy),
            CallerId = result.GetValue(_callerId),
            CallerName = result.GetValue(_callerName),
            Codecs = result.GetValue(_codecs),
            Srtp = result.GetValue(_srtp),
            ExpirySeconds = result.GetValue(_expiry),
            FromUser = result.GetValue(_fromUser),
            Identity = result.GetValue(_identity),
            EarlyMedia = result.GetValue(_early),
            CountryCode = result.GetValue(_country),
            NationalPrefix = result.GetValue(_national),
            InternationalPrefix = result.GetValue(_international),
            NumberFormat = result.GetValue(_format),
            InboundCertificate = result.GetValue(_inbound),
            Registers = result.GetValue(_registers),
            Prefixes = result.GetValue(_prefixes)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            HealthIntervalSeconds = result.GetValue(_health),
            Priority = result.GetValue(_priority),
            Weight = result.GetValue(_weight),
            MaxCalls = result.GetValue(_maxCalls),
            MaxCallsPerSecond = result.GetValue(_maxRate),
            Enabled = result.GetValue(_enabled),
        };
        if (!TryFile(context, result.GetValue(_certificate), out var certificate) || !TryFile(context, result.GetValue(_key), out var key)
            || !TryFile(context, result.GetValue(_roots), out var roots))
            return false;

        draft = draft with { ClientCertificate = certificate, ClientKey = key, TrustedCertificates = roots };
        if (!result.GetValue(_password))
            return true;

        if (CommandStorage.ReadSecret(context.Input) is not { } text)
        {
            context.Complain("the password on standard input is not accepted: one line of 1 to 128 characters");
            return false;
        }

        draft = draft with { Password = text };
        return true;
    }

    // Null: nothing was named. The file is read by who runs the command, with his rights; the server reads none.
    private static bool TryFile(CliContext context, string? path, out string? text)
    {
        text = path is null ? null : "";
        if (path is null or "-")
            return true;

        try
        {
            if (new FileInfo(path).Length > ProfileTls.LongestPem)
                context.Complain($"{path} is too long for certificates or a key in PEM");
            else
            {
                text = File.ReadAllText(path);
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Complain($"{path} cannot be read: {e.Message}");
        }

        return false;
    }
}
