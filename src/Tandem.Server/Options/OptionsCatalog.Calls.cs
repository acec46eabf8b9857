using Tandem.Calls.Calls;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Calls = "Calls";
    private const string Registrations = "Registrations";

    private static readonly WordKind Reliable = new(
        ("with-sdp", ReliableProvisionals.WithSdp), ("required", ReliableProvisionals.Required), ("all", ReliableProvisionals.All));

    private static readonly TextKind DialString = new("digits, * and #, or nothing", IsDialString, 16);

    private static void AddCalls(List<Setting> list)
    {
        list.Add(Calls, "CALL_SETUP_TIMEOUT", o => o.Calls.SetupTimeout, Milliseconds(1_000, 600_000), "From the INVITE to the answer; then the phones stop ringing.", main: true);
        list.Add(Calls, "CALL_MAX_DURATION", o => o.Calls.MaximumDuration, Seconds(0, 30 * 86_400),
            "From the answer to the end; 0 for no limit. Nobody talks for twelve hours, a forgotten call does.", main: true);
        list.Add(Calls, "CALL_MAX", o => o.Calls.MaxCalls, Count(1, 1_000_000, "calls"), "Calls in progress; above it a new one gets 503.", main: true);
        list.Add(Calls, "CALL_PLACES_FOR_HELP", o => o.Calls.PlacesForHelp, Count(0, 100_000, "calls"), "Calls for help (112) that a phone may begin above CALL_MAX. One tenant has at most a quarter of them, and 4 at least, beyond its limits or CALL_MAX.");
        list.Add(Calls, "CALL_MAX_CONTACTS", o => o.Calls.MaxContacts, Count(1, 64, "contacts"), "Contacts that ring for one call: a person has no more phones, an attacker has (RFC 5393 §5).");
        list.Add(Calls, "CALL_WAITING", o => o.Calls.CallWaiting, SwitchKind.Instance,
            "true: an extension in a call rings again, and its phone decides. false: 486 Busy Here.", main: true);
        list.Add(Calls, "ECHO_NUMBER", o => o.Calls.EchoNumber, DialString, "The number that says back what it hears; empty for none.", main: true);
        list.Add(Calls, "ROOM_PREFIX", o => o.Calls.RoomPrefix, DialString, "Dialled before the number of a room, in which all who dial it hear each other; empty for no rooms.", main: true);
        list.Add(Calls, "MAX_ROOMS", o => o.Calls.MaxRooms, Count(1, 100_000, "rooms"), "Rooms at once; above it the call gets 503.");
        list.Add(Calls, "HOLD_MUSIC", o => o.Calls.HoldMusic, new TextKind("the name of a list (a-z 0-9 . _ -), or nothing", IsListName, 64),
            "The music that who is put on hold hears: a list of /api/v1/music, or the built-in piece while there is no list `default`; empty for none. Silence is taken for a lost call.", main: true);
        list.Add(Calls, "CALL_OVERLOAD_RETRY_AFTER", o => o.Calls.OverloadRetryAfter, Count(1, 3_600, "s"), "Retry-After of the 503 above CALL_MAX.");
        list.Add(Calls, "DRAIN_RETRY_AFTER", o => o.Calls.DrainRetryAfter, Count(1, 3_600, "s"), "Retry-After of the 503 while the exchange is being stopped: a restart takes less.");
        list.Add(Calls, "SESSION_TIMERS", o => o.Calls.SessionTimers, SwitchKind.Instance, "Session timers (RFC 4028) on our side of each leg: they find phones that vanished without a BYE.");
        list.Add(Calls, "AVOID_TRANSCODING", o => o.Calls.AvoidTranscoding, SwitchKind.Instance,
            "A phone whose sound is transcoded though it could do without gets a re-INVITE with fewer codecs, once, after the answer.");
        list.Add(Calls, "FLOW_TIMEOUT", o => o.Calls.FlowTimeout, Milliseconds(500, 32_000),
            "Without any response for so long over one flow of a phone (RFC 5626), its next flow is tried: four repetitions over UDP.");
        list.Add(Calls, "FLOW_RECOVERY_PAUSE", o => o.Calls.FlowRecoveryPause, Milliseconds(100, 300_000),
            "Between two attempts to refresh the session of a phone whose connection is gone; after five the call ends. A phone of RFC 5626 comes back within 30 s.");
        list.Add(Calls, "SESSION_EXPIRES", o => o.Calls.SessionExpires, Count(90, 86_400, "s"), "The session interval that we ask for; RFC 4028 §4 recommends this one.");
        list.Add(Calls, "MIN_SESSION_EXPIRES", o => o.Calls.MinSessionExpires, Count(90, 86_400, "s"), "The smallest session interval that we accept; RFC 4028 §5 allows no less.");
        list.Add(Calls, "CALL_MAX_PENDING", o => o.Calls.MaxPendingSignals, Count(4, 10_000, "requests"), "What may wait for one call's story; above it requests get 500 with Retry-After.");
        list.Add(Calls, "SIP_MAX_FORWARDS", o => o.Calls.MaxForwards, Count(1, 255, "hops"), "Max-Forwards of requests that we start ourselves (RFC 3261 §8.1.1.6).");
        list.Add(Calls, "SIP_DOMAIN", o => o.Calls.Domain, new TextKind("a host name or address", IsHost, 255),
            "The host part of the addresses that we write (From, To, P-Asserted-Identity). With SIP_SERVER it is the domain of that account instead, as in the telephony gateway.", defaultText: "our address as the phone sees it");
        list.Add(Calls, "SIP_PRODUCT", o => o.Calls.Product, new TextKind("a token of RFC 3261: letters, digits, - . ! % * _ + ` ' ~ /", IsProduct, 64), "The product in Server and User-Agent.");
        list.Add(Calls, "RELAYED_HEADERS", o => o.Calls.RelayedHeaders, HeaderListKind.Instance,
            "Headers of the caller's INVITE that reach the callee, besides what the exchange writes itself: they are about the call and say nothing of the caller's network.");
        list.Add(Calls, "AUTO_ANSWER", o => o.Calls.AutoAnswer, SwitchKind.Instance,
            "true lets a caller ask the callee's phone to answer by itself (Answer-Mode of RFC 5373, alert-autoanswer, answer-after): intercom, and listening in.");
        list.Add(Calls, "RELIABLE_PROVISIONALS", o => o.Calls.ReliableProvisionals, Reliable, "Which provisional responses a caller gets reliably that supports 100rel without requiring it (RFC 3262).");
        list.Add(Calls, "INFO_MAX_BODY", o => o.Calls.MaxInfoBytes, new SizeKind(0, 65_535), "The largest body of an INFO that passes; above it 413.");
        list.Add(Calls, "RELAYED_INFO_HEADERS", o => o.Calls.RelayedInfoHeaders, HeaderListKind.Instance, "Headers of an INFO or MESSAGE that pass (RFC 6086 §4, RFC 3428); Content-Type always does.");
    }

    private static void AddRegistrations(List<Setting> list)
    {
        list.Add(Registrations, "REGISTRATION_TIMEOUT", o => o.Registrar.DefaultExpiresSeconds, Seconds(60, 31_536_000), "The lifetime of a registration that asks for none.", main: true);
        list.Add(Registrations, "REGISTRATION_MIN", o => o.Registrar.MinExpiresSeconds, Seconds(1, 3_600),
            "A shorter lifetime is answered with 423 and this one; RFC 3261 §10.3 allows that below one hour only.");
        list.Add(Registrations, "REGISTRATION_MAX", o => o.Registrar.MaxExpiresSeconds, Seconds(60, 31_536_000), "A longer wish is granted with this lifetime.");
        list.Add(Registrations, "REGISTRATION_MAX_CONTACTS", o => o.Registrar.MaxContacts, Count(1, 64, "contacts"), "Contacts that one extension can have; a call rings them all.");
        list.Add(Registrations, "REGISTRATION_MAX_URI", o => o.Registrar.MaxContactUriBytes, new SizeKind(64, 4_096), "A longer Contact URI is answered with 400.");
        list.Add(Registrations, "REGISTRATION_MAX_CALL_ID", o => o.Registrar.MaxCallIdBytes, new SizeKind(64, 4_096), "A longer Call-ID of a REGISTER is answered with 400; it is stored.");
        list.Add(Registrations, "REGISTRATION_MAX_PATH", o => o.Registrar.MaxPathEntries, Count(1, 64, "entries"), "Entries of a Path vector (RFC 3327); more are answered with 400.");
        list.Add(Registrations, "REGISTRATION_MAX_USER_AGENT", o => o.Registrar.MaxUserAgentLength, Count(0, 1_024, "characters"), "What is kept of User-Agent.");
        list.Add(Registrations, "REGISTRATION_PATH_NEEDS_SUPPORT", o => o.Registrar.PathNeedsSupport, SwitchKind.Instance, "true answers a Path without `Supported: path` with 420, as RFC 3327 §5.3 recommends.");
        list.Add(Registrations, "REGISTRATION_MAX_INSTANCE", o => o.Registrar.MaxInstanceBytes, new SizeKind(47, 4_096), "A longer +sip.instance (RFC 5626 §4.1) is answered with 400; a UUID has 47 bytes.");
        list.Add(Registrations, "FLOW_TIMER", o => o.Registrar.FlowTimer, Seconds(0, 3_600),
            "Flow-Timer (RFC 5626 §4.4) for phones that register a flow over a stream: they ping at least that often; 0 sends none, else 10 s or more.");
        list.Add(Registrations, "SERVICE_ROUTE", o => o.Registrar.ServiceRoute, new TextKind("SIP URIs with ;lr in brackets, separated by commas", _ => true, 1_024),
            "The Service-Route (RFC 3608) that phones get when they register: the way of their later requests. Only for a proxy in front that must see them.", defaultText: "none");
        list.Add(Registrations, "KEEPALIVE_INTERVAL", o => o.Registrar.KeepAliveInterval, Seconds(0, 3_600),
            "OPTIONS to phones behind NAT; 0 sends none. The shortest mapping time of NATs in the field is 30 s.", main: true);
        list.Add(Registrations, "KEEPALIVE_FAILURES", o => o.Registrar.KeepAliveFailureLimit, Count(0, 1_000, "failures"),
            "Unanswered OPTIONS in a row after which a registration is dropped; 0 never drops it: a phone that ignores OPTIONS still gets its calls.");
        list.Add(Registrations, "KEEPALIVE_MAX_IN_FLIGHT", o => o.Registrar.MaxKeepAlivesInFlight, Count(1, 100_000, "requests"), "OPTIONS of one shard that may wait for an answer; more are left out of that round.");
        list.Add(Registrations, "CHALLENGE_OPTIONS", o => o.Security.ChallengeOptions, SwitchKind.Instance,
            "true asks for credentials on OPTIONS as well; monitors and keep-alives of other servers have none.");
    }

    private static bool IsHost(string text) =>
        Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 || (text.StartsWith('[') && Uri.CheckHostName(text) == UriHostNameType.IPv6);

    private static bool IsListName(string text) => text.Length == 0 || SoundName.IsValid(text);

    private static bool IsDialString(string text) => text.All(c => char.IsAsciiDigit(c) || c is '*' or '#');

    private static bool IsProduct(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-.!%*_+`'~/".Contains(c, StringComparison.Ordinal));
}
