using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Resolution;

/// <summary>
/// Answers questions of one shard: from the hosts that the machine knows, from the cache, or from the name servers through the
/// channel. Equal questions are asked once. Sans-IO; one loop owns it.
/// </summary>
public sealed class DnsResolver
{
    private readonly ResolutionOptions _options;
    private readonly TimerWheel _wheel;
    private readonly DnsCache _cache;
    private readonly Dictionary<DnsQuestion, Pending> _pending = [];
    private IDnsChannel? _channel;
    private Action<Action<Moment>>? _post;

    public DnsResolver(ResolutionOptions options, TimerWheel wheel, ResolutionCounters counters)
    {
        _options = options;
        _wheel = wheel;
        _cache = new DnsCache(options);
        Counters = counters;
    }

    /// <summary>What was counted.</summary>
    public ResolutionCounters Counters { get; }

    /// <summary>Answers in the cache.</summary>
    public int Entries => _cache.Count;

    /// <summary>Questions that wait for their answer.</summary>
    public int Questions => _pending.Count;

    /// <summary>Addresses that the machine itself knows (<c>/etc/hosts</c>), by name. They go before any name server. Any thread may replace them.</summary>
    public HostsTable Hosts
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    } = HostsTable.Empty;

    /// <summary>Connects to the name servers. Without it only hosts are known.</summary>
    /// <param name="channel">The way to them.</param>
    /// <param name="post">Runs something on the shard's loop with its time, from any thread.</param>
    public void Connect(IDnsChannel channel, Action<Action<Moment>> post)
    {
        _channel = channel;
        _post = post;
    }

    /// <summary>Answers <paramref name="question"/>: before this returns when it can, later on the loop otherwise, once in any case.</summary>
    public void Resolve(DnsQuestion question, Moment now, Action<DnsAnswer, Moment> done)
    {
        if (Hosts.Find(question) is { } known)
        {
            done(known, now);
            return;
        }

        if (_cache.Find(question, now, out var isStale) is { } answer)
        {
            Counters.CountFromCache();
            if (isStale)
                Counters.CountStale();
            done(answer, now);
            return;
        }

        if (_pending.TryGetValue(question, out var pending))
        {
            if (pending.Waiting.Count >= _options.MaxWaiting)
            {
                Counters.CountRefused();
                done(DnsAnswer.Failed, now);
                return;
            }

            Counters.CountJoined();
            pending.Waiting.Add(done);
            return;
        }

        if (_channel is not { } channel || _post is not { } post || _pending.Count >= _options.MaxQuestions)
        {
            Counters.CountRefused();
            done(DnsAnswer.Failed, now);
            return;
        }

        var asked = new Pending(this, question);
        asked.Waiting.Add(done);
        _pending.Add(question, asked);
        _wheel.Schedule(asked, now + _options.QuestionTimeout);
        Counters.CountAsked();
        channel.Ask(question, bytes => post(at => asked.Complete(bytes, at)));
    }

    private void Finish(Pending pending, byte[]? bytes, Moment now)
    {
        _pending.Remove(pending.Question);
        _wheel.Cancel(pending);
        var answer = bytes is not null && DnsMessage.TryParse(bytes, out var message) ? DnsAnswer.From(message!, pending.Question) : DnsAnswer.Failed;
        if (answer.Status == DnsAnswerStatus.Failed)
        {
            Counters.CountFailed();
            answer = _cache.KeepFailure(pending.Question, now, out var isStale);
            if (isStale)
                Counters.CountStale();
        }
        else
        {
            _cache.Keep(pending.Question, answer, now);
        }

        foreach (var done in pending.Waiting)
            done(answer, now);
    }

    /// <summary>A question under way: its timer, and who waits for it.</summary>
    private sealed class Pending(DnsResolver resolver, DnsQuestion question) : TimerEntry
    {
        private bool _isDone;

        public DnsQuestion Question { get; } = question;

        public List<Action<DnsAnswer, Moment>> Waiting { get; } = [];

        /// <summary>The answer, or null for none. What comes after the first is too late.</summary>
        public void Complete(byte[]? bytes, Moment now)
        {
            if (_isDone)
                return;

            _isDone = true;
            resolver.Finish(this, bytes, now);
        }

        protected override void OnDue(Moment now) => Complete(null, now);
    }
}
