namespace Tandem.Sip.Resolution;

/// <summary>How names are resolved and how targets are chosen, on each shard.</summary>
public sealed record ResolutionOptions
{
    /// <summary>Answers that a shard keeps. Default 4,096, at most some 8 MB: each domain that is called takes about eight. The least recently used makes room.</summary>
    public int MaxEntries { get; init; } = 4_096;

    /// <summary>Questions of a shard that wait for their answer. Default 512; beyond, a question fails at once.</summary>
    public int MaxQuestions { get; init; } = 512;

    /// <summary>Requests that wait for the same answer. Default 4,096; beyond, they fail at once.</summary>
    public int MaxWaiting { get; init; } = 4_096;

    /// <summary>How long an answer is awaited, all servers and repetitions together. Default 8 s: a caller waits no longer for nothing.</summary>
    public TimeSpan QuestionTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The shortest time that an answer is kept. Default 5 s: a TTL of 0 must not ask at each request of a burst.</summary>
    public TimeSpan MinTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that an answer is kept. Default one hour: a mistake in a zone does not stay for days.</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest time that a negative answer is kept (RFC 2308 §5). Default 5 minutes: who mends a zone wants to see it soon.</summary>
    public TimeSpan MaxNegativeTtl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After a question without answer, nothing is asked again for this time (RFC 2308 §7.2). Default 5 s: requests of a burst must not each wait for the same silence.</summary>
    public TimeSpan FailureTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer is used beyond its time while no name server answers (RFC 8767). Default one hour; 0 turns it off.</summary>
    public TimeSpan MaxStale { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Targets that one request may try, one after the other. Default 8: more than any site has, and at 4 s each more than a caller waits.</summary>
    public int MaxTargets { get; init; } = 8;

    /// <summary>
    /// How long a target without any response is waited for before the next one is tried; the last one has the whole 64*T1. Default
    /// 4 s: the request was sent four times by then, and a caller does not wait for 32 s (RFC 3263 §4.3 leaves no other choice).
    /// </summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a target that failed is skipped, unless all are. Default 30 s: during an outage one call of a shard in 30 s waits
    /// for the dead one, and a server that was restarted gets its share back soon.
    /// </summary>
    public TimeSpan RestTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest rest that the Retry-After of a 503 may ask for. Default 10 minutes: a server must not take itself out for ever by mistake.</summary>
    public TimeSpan MaxRestTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Targets that rest at once. Default 1,024; beyond, the first to come back is forgotten.</summary>
    public int MaxResting { get; init; } = 1_024;
}
