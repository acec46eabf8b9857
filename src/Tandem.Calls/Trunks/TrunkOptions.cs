namespace Tandem.Calls.Trunks;

/// <summary>SIP profiles: how they register, how calls use them, how much of them there may be.</summary>
public sealed record TrunkOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly TrunkOptions Default = new();

    /// <summary>Calls to numbers that are no extension go to the profiles of the tenant. Default true; without profiles nothing goes anywhere.</summary>
    public bool Outbound { get; init; } = true;

    /// <summary>Profiles of an installation. Default 20,000: each costs one REGISTER an hour and about 2 KB.</summary>
    public int MaxProfiles { get; init; } = 20_000;

    /// <summary>Numbers of an installation. Default 200,000.</summary>
    public int MaxNumbers { get; init; } = 200_000;

    /// <summary>REGISTERs a second that begin a registration, in the whole process. Default 100: 10,000 profiles arrive in 100 s and not in one.</summary>
    public int RegistersPerSecond { get; init; } = 100;

    /// <summary>The first pause after a failure; each further one doubles it. Default 5 s.</summary>
    public TimeSpan RetryBase { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest of these pauses. Default 300 s: a provider that is back is found within five minutes.</summary>
    public TimeSpan RetryMaximum { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// The pause after a refusal that will not change by itself (403, 404, wrong password). Default 900 s; asking more often locks accounts.
    /// A change of the profile is tried at once.
    /// </summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>The longest Retry-After that is believed. Default 3,600 s.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(3_600);

    /// <summary>The longest Min-Expires of a 423 that is taken. Default 86,400 s.</summary>
    public int MaxExpiresSeconds { get; init; } = 86_400;

    /// <summary>The shortest lifetime that is believed when a provider grants less. Default 30 s: it may not have us ask every second.</summary>
    public int MinExpiresSeconds { get; init; } = 30;

    /// <summary>Redirections (3xx) that one REGISTER follows. Default 3.</summary>
    public int MaxRedirects { get; init; } = 3;

    /// <summary>Contacts of an answer that are looked at. Default 100.</summary>
    public int MaxContacts { get; init; } = 100;

    /// <summary>Entries of the history of a profile. Default 20.</summary>
    public int HistoryLength { get; init; } = 20;

    /// <summary>OPTIONS in a row without an answer after which a provider counts as down. Default 3.</summary>
    public int HealthFailures { get; init; } = 3;

    /// <summary>Silence of a provider after which a call is tried over the next profile. Default 6 s.</summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Between two keep-alives of a registration over UDP behind NAT (a CRLF). Default 25 s: the shortest mapping time in the field is 30 s.</summary>
    public TimeSpan DatagramKeepAlive { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Between two keep-alives of a registration over TCP or TLS (RFC 5626 §4.4.1). Default 95 s, what the RFC recommends.</summary>
    public TimeSpan StreamKeepAlive { get; init; } = TimeSpan.FromSeconds(95);

    /// <summary>
    /// SDP to a provider names the public address that it sees us at, where ours is private. Default true; the server turns it off where SERVER_ADDRESS
    /// says which address is meant.
    /// </summary>
    public bool LearnedAddressInSdp { get; init; } = true;

    /// <summary>
    /// Calls may go to SIP addresses without a profile (<c>external:sip:bob@example.org</c>). Default false: it lets whoever writes rules call any host
    /// of the Internet in the name of the installation.
    /// </summary>
    public bool External { get; init; }

    /// <summary>Private networks that such addresses may lie in. Default none: a tenant must not reach what stands beside the server.</summary>
    public IReadOnlyList<Core.Net.NetPrefix> ExternalAllowPrivate { get; init; } = [];

    /// <summary>Profiles that one call is tried over. Default 4.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>
    /// A challenge without <c>qop</c> (RFC 2069) is answered. Default true: many providers know no other, and it is they who would be deceived by a
    /// repeated answer.
    /// </summary>
    public bool AllowNoQop { get; init; } = true;

    /// <summary>Registrations are taken back when the exchange stops. Default true; false leaves them, for a restart.</summary>
    public bool UnregisterOnStop { get; init; } = true;
}
