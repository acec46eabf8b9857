namespace Tandem.Calls.Registrar;

/// <summary>What the registrar grants, and its limits.</summary>
public sealed record RegistrarOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly RegistrarOptions Default = new();

    /// <summary>
    /// Lifetime in seconds of a contact that asks for none (REGISTRATION_TIMEOUT). Default 3,600, which is also what RFC 3261
    /// §20.19 reads into a malformed value.
    /// </summary>
    public int DefaultExpiresSeconds { get; init; } = 3_600;

    /// <summary>
    /// Shortest lifetime in seconds; a shorter one is answered 423 with Min-Expires (RFC 3261 §10.3 step 7, which allows that only
    /// below one hour: at most 3,600). Default 60: refreshes of 10,000 phones stay below 200 requests a second.
    /// </summary>
    public int MinExpiresSeconds { get; init; } = 60;

    /// <summary>Longest lifetime in seconds; a longer wish is granted with this. Default 86,400, one day.</summary>
    public int MaxExpiresSeconds { get; init; } = 86_400;

    /// <summary>
    /// Contacts that one extension can have at a time; a request that would pass it changes nothing and is answered 403.
    /// Default 10: a call rings them all at once.
    /// </summary>
    public int MaxContacts { get; init; } = 10;

    /// <summary>Bytes of a Contact URI that is stored; a longer one is answered 400. Default 512.</summary>
    public int MaxContactUriBytes { get; init; } = 512;

    /// <summary>Bytes of the Call-ID of a REGISTER; it is stored with the binding, a longer one is answered 400. Default 256.</summary>
    public int MaxCallIdBytes { get; init; } = 256;

    /// <summary>Entries of a Path vector (RFC 3327); more are answered 400. Default 8.</summary>
    public int MaxPathEntries { get; init; } = 8;

    /// <summary>Bytes of a <c>+sip.instance</c> (RFC 5626 §4.1); a longer one is answered 400. Default 255: a UUID has 47.</summary>
    public int MaxInstanceBytes { get; init; } = 255;

    /// <summary>
    /// Flow-Timer (RFC 5626 §4.4) of the answer to an outbound registration over a stream: how often the phone pings us at least. Zero
    /// sends none. Default 120 s, the same as RFC 5626 §4.4.1 recommends without one, below the mapping time of NATs for streams.
    /// </summary>
    public TimeSpan FlowTimer { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The Service-Route (RFC 3608) that registered phones get: Route values for their later requests, for an installation with a proxy
    /// in front. Default empty: a phone that talks to us directly needs none.
    /// </summary>
    public string ServiceRoute { get; init; } = "";

    /// <summary>Characters of User-Agent that are kept with a binding; the rest is cut. Default 128.</summary>
    public int MaxUserAgentLength { get; init; } = 128;

    /// <summary>
    /// When true, as RFC 3327 §5.3 recommends and by default, a Path header without <c>Supported: path</c> is answered 420; when
    /// false it is taken all the same.
    /// </summary>
    public bool PathNeedsSupport { get; init; } = true;

    /// <summary>
    /// Time between two OPTIONS to a contact behind NAT; zero sends none. Default 30 s: the shortest UDP mapping time that NATs in
    /// the field keep.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Unanswered OPTIONS in a row after which the binding is dropped; 0 never drops it (failures are counted, and the binding
    /// ends with its lifetime). Default 0: a phone that ignores OPTIONS still gets its calls.
    /// </summary>
    public int KeepAliveFailureLimit { get; init; }

    /// <summary>OPTIONS of one shard that may wait for an answer; further ones are left out of that round and counted. Contacts that did not answer last time get half of the places. Default 500.</summary>
    public int MaxKeepAlivesInFlight { get; init; } = 500;

    /// <summary>Our domain, in From of keep-alives. Default empty: the address under which the phone reaches us.</summary>
    public string Host { get; init; } = "";

    /// <summary>What is wrong with these values, one line each; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxExpiresSeconds is < 1 or > 31_536_000)
            yield return $"longest registration {MaxExpiresSeconds} s: 1 to 31536000 are accepted";
        if (MinExpiresSeconds < 1 || MinExpiresSeconds > 3_600 || MinExpiresSeconds > MaxExpiresSeconds)
            yield return $"shortest registration {MinExpiresSeconds} s: 1 to 3600 and not above the longest ({MaxExpiresSeconds}) are accepted";
        if (DefaultExpiresSeconds < MinExpiresSeconds || DefaultExpiresSeconds > MaxExpiresSeconds)
            yield return $"registration timeout {DefaultExpiresSeconds} s: {MinExpiresSeconds} to {MaxExpiresSeconds} are accepted";
        if (MaxContacts is < 1 or > 64)
            yield return $"contacts of an extension {MaxContacts}: 1 to 64 are accepted";
        if (FlowTimer != TimeSpan.Zero && (FlowTimer < TimeSpan.FromSeconds(10) || FlowTimer > TimeSpan.FromHours(1)))
            yield return $"flow timer {FlowTimer.TotalSeconds} s: 0 (none) or 10 to 3600 are accepted";
        if (ServiceRoute.Length > 0 && !RouteList.IsValid(ServiceRoute))
            yield return $"service route \"{ServiceRoute}\": SIP URIs with ;lr in brackets, separated by commas, are accepted";
        if (KeepAliveInterval != TimeSpan.Zero && KeepAliveInterval < TimeSpan.FromSeconds(1))
            yield return $"keep-alive interval {KeepAliveInterval.TotalSeconds} s: 0 (off) or at least 1 is accepted";
    }
}
