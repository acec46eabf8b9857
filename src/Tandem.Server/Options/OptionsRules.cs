using Tandem.Sip.Transport;

namespace Tandem.Server.Options;

/// <summary>What must hold between settings that are each acceptable alone.</summary>
public static class OptionsRules
{
    /// <summary>One line for each rule that <paramref name="options"/> break.</summary>
    public static IEnumerable<string> Check(TandemOptions options)
    {
        var server = options.Server;
        var first = int.Parse(server.ExtMin, System.Globalization.CultureInfo.InvariantCulture);
        var last = int.Parse(server.ExtMax, System.Globalization.CultureInfo.InvariantCulture);
        if (server.ExtMin.Length != server.ExtMax.Length)
            yield return $"EXT_MAX={server.ExtMax} is not accepted: a number with as many digits as EXT_MIN={server.ExtMin}";
        else if (last < first)
            yield return $"EXT_MAX={server.ExtMax} is not accepted: not below EXT_MIN={server.ExtMin}";
        else if (last - first >= options.Storage.ExtensionRangeLimit)
            yield return $"EXT_MAX={server.ExtMax} is not accepted: at most {options.Storage.ExtensionRangeLimit} numbers (EXT_FIRST_MAX) from EXT_MIN={server.ExtMin} on";

        if (options.Parking.LastSlot - options.Parking.FirstSlot >= 1_000)
            yield return $"PARK_LAST_SLOT={options.Parking.LastSlot} is not accepted: at most 1000 slots from PARK_FIRST_SLOT={options.Parking.FirstSlot} on";

        if (server.LastRtpPort < server.RtpPort + 7)
            yield return $"RTP_PORT_MAX={server.LastRtpPort} is not accepted: at least RTP_PORT + 7 ({server.RtpPort + 7}), two calls take eight ports";

        if (server.SipPort >= server.RtpPort && server.SipPort <= server.LastRtpPort)
            yield return $"SIP_PORT={server.SipPort} is not accepted: outside RTP_PORT to RTP_PORT_MAX ({server.RtpPort} to {server.LastRtpPort})";

        var registrar = options.Registrar;
        if (registrar.MinExpiresSeconds > registrar.MaxExpiresSeconds)
            yield return $"REGISTRATION_MIN={registrar.MinExpiresSeconds} is not accepted: not above REGISTRATION_MAX={registrar.MaxExpiresSeconds}";
        else if (registrar.DefaultExpiresSeconds < registrar.MinExpiresSeconds || registrar.DefaultExpiresSeconds > registrar.MaxExpiresSeconds)
            yield return $"REGISTRATION_TIMEOUT={registrar.DefaultExpiresSeconds} is not accepted: {registrar.MinExpiresSeconds} to {registrar.MaxExpiresSeconds} (REGISTRATION_MIN to REGISTRATION_MAX)";

        var subscriptions = options.Subscriptions;
        if (subscriptions.MinExpiresSeconds > subscriptions.MaxExpiresSeconds)
            yield return $"SUBSCRIPTION_MIN={subscriptions.MinExpiresSeconds} is not accepted: not above SUBSCRIPTION_MAX={subscriptions.MaxExpiresSeconds}";
        else if (subscriptions.DefaultExpiresSeconds < subscriptions.MinExpiresSeconds || subscriptions.DefaultExpiresSeconds > subscriptions.MaxExpiresSeconds)
            yield return $"SUBSCRIPTION_TIMEOUT={subscriptions.DefaultExpiresSeconds} is not accepted: {subscriptions.MinExpiresSeconds} to {subscriptions.MaxExpiresSeconds} (SUBSCRIPTION_MIN to SUBSCRIPTION_MAX)";

        if (options.Calls.SessionExpires < options.Calls.MinSessionExpires)
            yield return $"SESSION_EXPIRES={options.Calls.SessionExpires} is not accepted: not below MIN_SESSION_EXPIRES={options.Calls.MinSessionExpires}";

        if (server.SipPort != 0 && server.SipPort == server.ApiPort)
            yield return $"API_PORT={server.ApiPort} is not accepted: not the same as SIP_PORT, both use TCP";

        if (server.SipsPort > 0 && (server.SipsPort == server.SipPort || server.SipsPort == server.ApiPort))
            yield return $"SIPS_PORT={server.SipsPort} is not accepted: not the same as {(server.SipsPort == server.SipPort ? "SIP_PORT" : "API_PORT")}, both use TCP";

        if (server.HttpsPort > 0 && (server.HttpsPort == server.SipPort || server.HttpsPort == server.SipsPort || server.HttpsPort == server.ApiPort))
            yield return $"HTTPS_PORT={server.HttpsPort} is not accepted: not the same as SIP_PORT, SIPS_PORT or API_PORT, all use TCP";

        if (options.Account is { Server.Length: > 0, UserName.Length: 0 })
            yield return "SIP_USERNAME is not set: SIP_SERVER needs the user name of an account there";
        else if (options.Account is { Server.Length: 0 } and ({ UserName.Length: > 0 } or { Password: not null }))
            yield return "SIP_SERVER is not set: SIP_USERNAME and SIP_PASSWORD are those of an account there";

        if ((options.Tls.CertificateFile is null) != (options.Tls.KeyFile is null))
            yield return options.Tls.KeyFile is null ? "TLS_KEY is not set: TLS_CERT needs its key" : "TLS_CERT is not set: TLS_KEY needs its certificate";

        if (options.SipTransport.Tls.ClientCertificates != ClientCertificatePolicy.None && options.Tls.TrustFile is null)
            yield return "TLS_CA is not set: TLS_CLIENT_CERT needs to know whose certificates count";
    }
}
