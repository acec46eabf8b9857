using Tandem.Core.Time;

namespace Tandem.Sip.Resolution;

/// <summary>Answers by question, bounded; the least recently used makes room. Owned by one loop.</summary>
internal sealed class DnsCache(ResolutionOptions options)
{
    private readonly Dictionary<DnsQuestion, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    public int Count => _entries.Count;

    /// <summary>
    /// The answer to <paramref name="question"/> while it is in force; null when it must be asked for. Stale is one beyond its time
    /// that is used because the name servers were silent a moment ago.
    /// </summary>
    public DnsAnswer? Find(in DnsQuestion question, Moment now, out bool isStale)
    {
        isStale = false;
        if (!_entries.TryGetValue(question, out var node))
            return null;

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        var entry = node.Value;
        if (now < entry.Until)
            return entry.Answer;

        // The servers were silent a moment ago: not every request needs to find that out by itself.
        isStale = now < entry.QuietUntil;
        return isStale ? entry.Answer : null;
    }

    /// <summary>Keeps an answer as long as it and the options say.</summary>
    public void Keep(in DnsQuestion question, DnsAnswer answer, Moment now)
    {
        var longest = answer.Status == DnsAnswerStatus.Found ? options.MaxTtl : options.MaxNegativeTtl;
        var ttl = TimeSpan.FromSeconds(answer.Ttl ?? 0);
        if (ttl > longest)
            ttl = longest;
        if (ttl < options.MinTtl)
            ttl = options.MinTtl;
        Put(new Entry(question, answer, now + ttl));
    }

    /// <summary>
    /// No name server answered: what was kept beyond its time serves on, or the failure itself is kept for a moment.
    /// </summary>
    public DnsAnswer KeepFailure(in DnsQuestion question, Moment now, out bool isStale)
    {
        isStale = false;
        if (!_entries.TryGetValue(question, out var node) || node.Value.Answer.Status == DnsAnswerStatus.Failed
            || now >= node.Value.Until + options.MaxStale)
        {
            Put(new Entry(question, DnsAnswer.Failed, now + options.FailureTtl));
            return DnsAnswer.Failed;
        }

        isStale = true;
        node.Value.QuietUntil = Moment.Earlier(now + options.FailureTtl, node.Value.Until + options.MaxStale);
        return node.Value.Answer;
    }

    private void Put(Entry entry)
    {
        if (_entries.TryGetValue(entry.Question, out var old))
            _byUse.Remove(old);
        else if (_entries.Count >= options.MaxEntries && _byUse.Last is { } last)
        {
            _byUse.RemoveLast();
            _entries.Remove(last.Value.Question);
        }

        _entries[entry.Question] = _byUse.AddFirst(entry);
    }

    private sealed class Entry(DnsQuestion question, DnsAnswer answer, Moment until)
    {
        public DnsQuestion Question { get; } = question;

        public DnsAnswer Answer { get; } = answer;

        public Moment Until { get; } = until;

        public Moment QuietUntil { get; set; } = Moment.Zero;
    }
}
