namespace Tandem.Calls.Calls;

/// <summary>How the exchange treats calls. One value for the installation; each limit says unit, default and reason.</summary>
public sealed record CallOptions
{
    public static readonly CallOptions Default = new();

    /// <summary>The host part of the addresses we write (From, To, P-Asserted-Identity). Default: empty, our address on the leg's flow.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The product token of Server and User-Agent. Default <c>Tandem</c>.</summary>
    public string Product { get; init; } = "Tandem";

    /// <summary>The lowest extension that can be called. Default 100 (EXT_MIN).</summary>
    public int FirstExtension { get; init; } = 100;

    /// <summary>The highest extension that can be called. Default 110 (EXT_MAX).</summary>
    public int LastExtension { get; init; } = 110;

    /// <summary>The number that says back what it hears. Default <c>*43</c>, as most exchanges have it; empty for none.</summary>
    public string EchoNumber { get; init; } = "*43";

    /// <summary>What is dialled before the number of a room, in which all who dial it hear each other. Default <c>*6</c>; empty for no rooms.</summary>
    public string RoomPrefix { get; init; } = "*6";

    /// <summary>Rooms at once. Default 500: a bound on memory; above it the call gets 503.</summary>
    public int MaxRooms { get; init; } = 500;

    /// <summary>
    /// The list of music that who is put on hold hears, <c>default</c> for the built-in piece or the tenant's own list of that name; empty for
    /// none. Default <c>default</c>: silence is taken for a lost call.
    /// </summary>
    public string HoldMusic { get; init; } = "default";

    /// <summary>From the INVITE to the answer. Default 30 s (CALL_SETUP_TIMEOUT): what document 5 waits.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the answer to the end; zero for no limit. Default 12 h: nobody talks longer, a forgotten call does.</summary>
    public TimeSpan MaximumDuration { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Calls in progress on all shards; above it a new INVITE gets 503. Default 10,000: about 300 MB.</summary>
    public int MaxCalls { get; init; } = 10_000;

    /// <summary>Calls for help in progress above <see cref="MaxCalls"/>. Default 100: about 3 MB, and more than any provider puts through to one place at once; 0 for none.</summary>
    public int PlacesForHelp { get; init; } = 100;

    /// <summary>Calls for help of one tenant that are there beyond its limits or <see cref="MaxCalls"/>: a quarter of <see cref="PlacesForHelp"/>, and 4 at least.</summary>
    internal int PlacesForHelpOfTenant => Math.Max(4, PlacesForHelp / 4);

    /// <summary>Retry-After of those 503, seconds. Default 10.</summary>
    public int OverloadRetryAfter { get; init; } = 10;

    /// <summary>Contacts that ring for one call. Default 10: a person has no more phones, an attacker has (RFC 5393 §5).</summary>
    public int MaxContacts { get; init; } = 10;

    /// <summary>
    /// True lets a callee that is in a call ring again (the phone decides, 486 or call waiting). False answers 486 as document 5
    /// does. Default true: most phones have call waiting, and a phone that does not want it says 486 itself.
    /// </summary>
    public bool CallWaiting { get; init; } = true;

    /// <summary>Session timers of RFC 4028 on our side of each leg. Default true: they find phones that vanished without a BYE.</summary>
    public bool SessionTimers { get; init; } = true;

    /// <summary>
    /// A phone whose sound is transcoded though it could do without gets a re-INVITE with fewer codecs, once, after the answer. Default true:
    /// transcoding costs quality and many times the work of passing packets on.
    /// </summary>
    public bool AvoidTranscoding { get; init; } = true;

    /// <summary>
    /// How long a flow of a phone that has several (RFC 5626 §7) may stay without any response, 100 included, before the next one is tried.
    /// Default 5 s: four repetitions over UDP; timer B (32 s) would be longer than a caller waits.
    /// </summary>
    public TimeSpan FlowTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time between two attempts to refresh the session of a phone whose connection is gone; after five the call ends. Default 10 s: a phone
    /// of RFC 5626 comes back within 30 s (§4.5).
    /// </summary>
    public TimeSpan FlowRecoveryPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The session interval that we ask for, seconds. Default 1800, the value RFC 4028 §4 recommends.</summary>
    public int SessionExpires { get; init; } = 1800;

    /// <summary>The smallest session interval that we accept, seconds. Default 90, the least that RFC 4028 §5 allows.</summary>
    public int MinSessionExpires { get; init; } = 90;

    /// <summary>Retry-After while the exchange is being stopped, seconds. Default 30: a restart takes less.</summary>
    public int DrainRetryAfter { get; init; } = 30;

    /// <summary>Things that may wait for one call's story. Default 64; above it requests get 500 with Retry-After.</summary>
    public int MaxPendingSignals { get; init; } = 64;

    /// <summary>Max-Forwards of requests that we start ourselves. Default 70 (RFC 3261 §8.1.1.6).</summary>
    public int MaxForwards { get; init; } = 70;

    /// <summary>
    /// Headers of the caller's INVITE that reach the callee, besides what the exchange writes itself. Default Subject, Priority
    /// and In-Reply-To: they are about the call and say nothing of the caller's network or software.
    /// </summary>
    public IReadOnlyList<Tandem.Sip.Messages.HeaderName> RelayedHeaders { get; init; } =
    [
        Tandem.Sip.Messages.HeaderName.Subject,
        Tandem.Sip.Messages.HeaderName.Priority,
        Tandem.Sip.Messages.HeaderName.InReplyTo,
    ];

    /// <summary>
    /// A caller may ask the callee's phone to answer by itself: Answer-Mode and Priv-Answer-Mode (RFC 5373), and the forms of Alert-Info
    /// and Call-Info that phones know. Default false: it lets the caller listen into a room.
    /// </summary>
    public bool AutoAnswer { get; init; }

    /// <summary>
    /// Whether keys that phones press are public events. Default false: in a call between two of them they may be the PIN of a bank. Keys that may be
    /// part of a secret of the exchange itself are told as pressed, and never which.
    /// </summary>
    public bool TellDigits { get; init; }

    /// <summary>Which provisional responses a caller gets reliably that only supports 100rel (RFC 3262 §3). Default those with SDP, which must not get lost.</summary>
    public ReliableProvisionals ReliableProvisionals { get; init; } = ReliableProvisionals.WithSdp;

    /// <summary>The largest body of an INFO that passes, bytes; above it 413. Default 4,096: key presses and picture requests have fewer than 500.</summary>
    public int MaxInfoBytes { get; init; } = 4_096;

    /// <summary>Headers of an INFO or MESSAGE that pass (RFC 6086 §4, RFC 3428). Content-Type always does.</summary>
    public IReadOnlyList<Tandem.Sip.Messages.HeaderName> RelayedInfoHeaders { get; init; } =
    [
        Tandem.Sip.Messages.HeaderName.InfoPackage,
        Tandem.Sip.Messages.HeaderName.ContentDisposition,
    ];
}
