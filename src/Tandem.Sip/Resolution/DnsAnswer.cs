namespace Tandem.Sip.Resolution;

/// <summary>The answer to one question: its records, or why there are none. Immutable and shared.</summary>
public sealed class DnsAnswer
{
    /// <summary>No name server gave an answer that can be used.</summary>
    public static readonly DnsAnswer Failed = new(DnsAnswerStatus.Failed, [], null);

    // A chain of aliases longer than that is a fault of the zone, or worse.
    private const int MaxAliases = 8;

    internal DnsAnswer(DnsAnswerStatus status, IReadOnlyList<DnsRecord> records, uint? ttl)
    {
        Status = status;
        Records = records;
        Ttl = ttl;
    }

    public DnsAnswerStatus Status { get; }

    /// <summary>The records of the type that was asked for; empty unless <see cref="DnsAnswerStatus.Found"/>.</summary>
    public IReadOnlyList<DnsRecord> Records { get; }

    /// <summary>Seconds that the answer may be kept; null when it does not say.</summary>
    public uint? Ttl { get; }

    /// <summary>
    /// Reads the answer out of a response: follows aliases inside of it, takes only records of the name that they lead to, and the
    /// shortest TTL of all that it used. A negative answer lives as long as its SOA says (RFC 2308 §5).
    /// </summary>
    public static DnsAnswer From(DnsMessage message, in DnsQuestion question)
    {
        if (message.IsTruncated || message.ResponseCode is not (0 or 3))
            return Failed;

        var name = question.Name;
        uint? ttl = null;
        for (var aliases = 0; aliases <= MaxAliases; aliases++)
        {
            var records = Take(message.Answers, name, question.Type, ref ttl);
            if (records.Count > 0)
                return new DnsAnswer(DnsAnswerStatus.Found, records, ttl);

            if (Find(message.Answers, name, DnsType.Cname) is not { } alias || question.Type == DnsType.Cname)
                return Negative(message, ttl);

            ttl = Shorter(ttl, alias.Ttl);
            name = alias.Target;
        }

        return Failed;
    }

    private static DnsAnswer Negative(DnsMessage message, uint? ttl)
    {
        if (message.Authority is { } soa)
            ttl = Shorter(ttl, Math.Min(soa.Ttl, soa.Minimum));
        return new DnsAnswer(message.ResponseCode == 3 ? DnsAnswerStatus.NoName : DnsAnswerStatus.NoData, [], ttl);
    }

    private static List<DnsRecord> Take(IReadOnlyList<DnsRecord> answers, string name, DnsType type, ref uint? ttl)
    {
        var records = new List<DnsRecord>();
        foreach (var record in answers)
        {
            if (record.Type != type || record.Owner != name)
                continue;

            records.Add(record);
            ttl = Shorter(ttl, record.Ttl);
        }

        return records;
    }

    private static DnsRecord? Find(IReadOnlyList<DnsRecord> answers, string name, DnsType type)
    {
        foreach (var record in answers)
        {
            if (record.Type == type && record.Owner == name)
                return record;
        }

        return null;
    }

    private static uint Shorter(uint? ttl, uint other) => ttl is { } known && known < other ? known : other;
}
