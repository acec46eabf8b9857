using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Trunks = "SIP profiles";

    private static bool IsAccountServer(string text) => AccountServer.TryParse(text, out _, out _, out _);

    private static bool IsAccountUser(string text) => text.All(static c => !char.IsWhiteSpace(c) && c is not ('"' or '<' or '>' or '@'));

    private static void AddTrunks(List<Setting> list)
    {
        list.Add(Trunks, "SIP_SERVER", o => o.Account.Server, new TextKind("a host, host:port, or a SIP URI (sip: or sips:, with transport= udp, tcp or tls); not ws: or wss:", IsAccountServer, 255),
            "A server to register at with SIP_USERNAME: kept as the SIP profile SIP_SERVER of the first tenant, and changed when this changes.", defaultText: "none");
        list.Add(Trunks, "SIP_USERNAME", o => o.Account.UserName, new TextKind("1 to 128 characters without spaces, quotes and @", IsAccountUser, 128), "The user name at SIP_SERVER.", defaultText: "none");
        list.Add(Trunks, "SIP_PASSWORD", o => o.Account.Password, new TextKind("1 to 128 characters", maxLength: 128), "The password there; it is kept sealed.", defaultText: "none");
        list.Add(Trunks, "SIP_DISPLAY_NAME", o => o.Account.DisplayName, new TextKind("1 to 128 characters", maxLength: 128), "The name that calls through SIP_SERVER show.", defaultText: "none");
        list.Add(Trunks, "OUTBOUND", o => o.Trunks.Outbound, SwitchKind.Instance,
            "true: a number that is no extension goes to the SIP profiles of the tenant. Without profiles it goes nowhere.", main: true);
        list.Add(Trunks, "EXTERNAL_CALLS", o => o.Trunks.External, SwitchKind.Instance,
            "true: rules, menus and programs may call SIP addresses without a profile (external:sip:bob@example.org), through the toll guard; no challenge is answered there.");
        list.Add(Trunks, "EXTERNAL_ALLOW_PRIVATE", o => o.Trunks.ExternalAllowPrivate, PrefixListKind.Instance,
            "Private networks that such addresses may lie in; what stands beside the server is closed to them otherwise.");
        list.Add(Trunks, "PROFILE_MAX", o => o.Trunks.MaxProfiles, Count(0, 1_000_000, "profiles"), "SIP profiles of the installation; each costs one REGISTER an hour and about 2 KB.");
        list.Add(Trunks, "PROFILE_MAX_NUMBERS", o => o.Trunks.MaxNumbers, Count(0, 10_000_000, "numbers"), "Numbers of the installation.");
        list.Add(Trunks, "PROFILE_REGISTER_RATE", o => o.Trunks.RegistersPerSecond, Count(1, 10_000, "a second"),
            "Registrations that begin in a second: 10,000 profiles arrive at their providers in 100 s and not in one.");
        list.Add(Trunks, "PROFILE_RETRY_BASE", o => o.Trunks.RetryBase, Seconds(1, 600), "The first pause after a provider did not answer; each further one doubles it (RFC 5626 §4.5).");
        list.Add(Trunks, "PROFILE_RETRY_MAX", o => o.Trunks.RetryMaximum, Seconds(1, 86_400), "The longest of these pauses: a provider that is back is found within it.");
        list.Add(Trunks, "PROFILE_REFUSAL_PAUSE", o => o.Trunks.RefusalPause, Seconds(30, 86_400),
            "The pause after 403, 404 or a wrong password; asking more often locks accounts. A change of the profile is tried at once.");
        list.Add(Trunks, "PROFILE_MAX_RETRY_AFTER", o => o.Trunks.MaxRetryAfter, Seconds(1, 86_400), "The longest Retry-After of a provider that is believed.");
        list.Add(Trunks, "PROFILE_MAX_EXPIRES", o => o.Trunks.MaxExpiresSeconds, Count(60, 2_592_000, "s"), "The longest Min-Expires of a 423, and the longest lifetime, that is believed.");
        list.Add(Trunks, "PROFILE_MIN_EXPIRES", o => o.Trunks.MinExpiresSeconds, Count(5, 3_600, "s"), "A provider that grants less does not have us ask every second.");
        list.Add(Trunks, "PROFILE_MAX_REDIRECTS", o => o.Trunks.MaxRedirects, Count(0, 16, "redirections"), "Redirections that one REGISTER follows.");
        list.Add(Trunks, "PROFILE_MAX_CONTACTS", o => o.Trunks.MaxContacts, Count(1, 1_000, "contacts"), "Contacts of an answer that are looked at.");
        list.Add(Trunks, "PROFILE_HISTORY", o => o.Trunks.HistoryLength, Count(1, 1_000, "entries"), "What is kept of what happened between a profile and its provider.");
        list.Add(Trunks, "PROFILE_HEALTH_FAILURES", o => o.Trunks.HealthFailures, Count(1, 100, "failures"), "OPTIONS in a row without an answer after which a provider counts as down.");
        list.Add(Trunks, "PROFILE_FAILOVER_TIMEOUT", o => o.Trunks.FailoverTimeout, Milliseconds(500, 32_000), "Silence of a provider after which a call is tried over the next profile.");
        list.Add(Trunks, "PROFILE_UDP_KEEPALIVE", o => o.Trunks.DatagramKeepAlive, Seconds(5, 3_600),
            "Between two keep-alives of a registration over UDP behind NAT; the shortest mapping time in the field is 30 s.");
        list.Add(Trunks, "PROFILE_TCP_KEEPALIVE", o => o.Trunks.StreamKeepAlive, Seconds(5, 3_600), "The same over TCP and TLS (RFC 5626 §4.4.1).");
        list.Add(Trunks, "PROFILE_NAT_SDP", o => o.Trunks.LearnedAddressInSdp, SwitchKind.Instance,
            "SDP to a provider names the public address that it sees us at, where SERVER_ADDRESS is not set and ours is private.");
        list.Add(Trunks, "PROFILE_MAX_ATTEMPTS", o => o.Trunks.MaxAttempts, Count(1, 32, "profiles"), "Profiles that one call is tried over.");
        list.Add(Trunks, "PROFILE_ALLOW_NO_QOP", o => o.Trunks.AllowNoQop, SwitchKind.Instance,
            "A challenge of a provider without qop (RFC 2069) is answered: many know no other.");
        list.Add(Trunks, "PROFILE_UNREGISTER", o => o.Trunks.UnregisterOnStop, SwitchKind.Instance, "Registrations are taken back when the exchange stops.");
    }
}
