namespace Tandem.Calls.Subscriptions;

/// <summary>How long subscriptions and publications live, how often they tell, and how many there may be.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly SubscriptionOptions Default = new();

    /// <summary>Lifetime in seconds of a subscription or publication that asks for none. Default 3,600: what RFC 4235 §3.4, RFC 3842 §3.4 and RFC 3856 §6.4 say (RFC 3680 §4.4 has 3,761).</summary>
    public int DefaultExpiresSeconds { get; init; } = 3_600;

    /// <summary>Shortest lifetime in seconds; a shorter one is answered 423 with Min-Expires (RFC 6665 §4.2.1.1: below one hour only). Default 60: a hundred lamps of a phone refresh twice a second at most.</summary>
    public int MinExpiresSeconds { get; init; } = 60;

    /// <summary>Longest lifetime in seconds; a longer wish is granted with this. Default 86,400, one day: what a lost phone leaves behind is gone then.</summary>
    public int MaxExpiresSeconds { get; init; } = 86_400;

    /// <summary>Time between two NOTIFYs of a dialog or message-summary subscription; what happens in between is told together. Default 1 s (RFC 3842 §3.11; RFC 4235 §3.10).</summary>
    public TimeSpan NotifyInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for presence and reg. Default 5 s (RFC 3856 §6.10, RFC 3680 §4.10).</summary>
    public TimeSpan SlowNotifyInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions of one shard; above it 503 with Retry-After. Default 50,000: about 100 MB.</summary>
    public int MaxPerShard { get; init; } = 50_000;

    /// <summary>Subscriptions of one extension; above it 403. Default 500: ten phones with fifty keys each.</summary>
    public int MaxPerExtension { get; init; } = 500;

    /// <summary>Subscriptions from one source address; above it 403. Default 10,000: an office behind one address.</summary>
    public int MaxPerSource { get; init; } = 10_000;

    /// <summary>NOTIFYs of one shard that may wait for an answer; others wait for their turn. Default 1,000: a number that everybody watches must not flood the network.</summary>
    public int MaxNotifiesInFlight { get; init; } = 1_000;

    /// <summary>Error responses to NOTIFY in a row after which a subscription is dropped. Default 5; those that mean its end (RFC 6665 §4.2.2) end it at once.</summary>
    public int MaxNotifyFailures { get; init; } = 5;

    /// <summary>Longest wait in seconds that a Retry-After of a watcher is granted. Default 300.</summary>
    public int MaxRetryAfterSeconds { get; init; } = 300;

    /// <summary>Calls of one number that a dialog document lists; more are left out. Default 8: a document stays below 4 KB.</summary>
    public int MaxDialogsInDocument { get; init; } = 8;

    /// <summary>
    /// Who watches another extension's calls sees who talks with whom. Default false: the state of the line only, as RFC 4235 §3.6
    /// recommends; one's own extension is always shown whole.
    /// </summary>
    public bool ShowParties { get; init; }

    /// <summary>Publications of one extension (RFC 3903); above it 403. Default 10, one for each phone.</summary>
    public int MaxPublications { get; init; } = 10;

    /// <summary>Bytes of a published document; a larger one is answered 413. Default 8,192.</summary>
    public int MaxDocumentBytes { get; init; } = 8_192;

    /// <summary>Depth of elements in a published document; a deeper one is answered 400. Default 12.</summary>
    public int MaxDocumentDepth { get; init; } = 12;
}
