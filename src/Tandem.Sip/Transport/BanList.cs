using System.Collections.Concurrent;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// Sources that failed too often and are not heard for a while. Thread-safe; the question of every packet
/// (<see cref="IsBanned"/>) takes no lock. Both tables are bounded, and no flood of other sources lifts a ban.
/// </summary>
public sealed class BanList
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(1);

    private readonly SourceGuardOptions _options;
    private readonly Lock _lock = new();

    // Written under the lock, read without.
    private readonly ConcurrentDictionary<SourceKey, Ban> _bans = new();

    // Under the lock. The queue holds the sources in the order in which their window began.
    private readonly Dictionary<SourceKey, Failures> _failures = [];
    private readonly Queue<(SourceKey Source, Moment Began)> _order = new();
    private Moment _nextCleaning;
    private int _banCount;
    private long _reported;
    private long _banned;
    private long _notStored;
    private long _succeeded;

    public BanList(SourceGuardOptions options) => _options = options;

    /// <summary>Bans that are kept now; those that ended since the last <see cref="List"/> or report may be among them.</summary>
    public int Count => Volatile.Read(ref _banCount);

    /// <summary>Sources whose failures are counted now.</summary>
    public int TrackedSources
    {
        get
        {
            lock (_lock)
                return _failures.Count;
        }
    }

    /// <summary>Failures that were reported.</summary>
    public long FailuresReported => Volatile.Read(ref _reported);

    /// <summary>Successes that were reported.</summary>
    public long SuccessesReported => Volatile.Read(ref _succeeded);

    /// <summary>Bans that were imposed.</summary>
    public long BansImposed => Volatile.Read(ref _banned);

    /// <summary>Bans that were not imposed because the table was full.</summary>
    public long BansNotStored => Volatile.Read(ref _notStored);

    /// <summary>True while the source is banned; the port does not matter.</summary>
    public bool IsBanned(in NetAddress source, Moment now)
    {
        if (Volatile.Read(ref _banCount) == 0)
            return false;

        return _bans.TryGetValue(SourceKey.Of(source, _options.Ipv6PrefixBits), out var ban) && now < ban.Until;
    }

    /// <summary>
    /// Reports a failed authentication. Only failures from an address that surely hears us belong here, or anybody could
    /// have anybody banned: <see cref="Authentication.DigestOutcome.Wrong"/> is such a failure.
    /// </summary>
    /// <returns>The ban, when this failure led to one.</returns>
    public Ban? ReportFailure(in NetAddress source, string reason, Moment now)
    {
        Interlocked.Increment(ref _reported);
        if (_options.MaxFailures <= 0 || IsExempt(source))
            return null;

        var key = SourceKey.Of(source, _options.Ipv6PrefixBits);
        lock (_lock)
        {
            var failures = _failures.TryGetValue(key, out var known) && now - known.Began <= _options.FailureWindow
                ? known with { Count = known.Count + 1 }
                : Begin(key, now);

            _failures[key] = failures;
            if (failures.Count < _options.MaxFailures)
                return null;

            _failures.Remove(key);
            return Impose(key, source, reason, failures.Count, now);
        }
    }

    /// <summary>Bans a source of which others have heard enough; null when it is banned already, exempt, or finds no room.</summary>
    public Ban? Impose(in NetAddress source, string reason, int failures, Moment now)
    {
        if (_options.MaxFailures <= 0 || IsExempt(source) || IsBanned(source, now))
            return null;

        var key = SourceKey.Of(source, _options.Ipv6PrefixBits);
        lock (_lock)
        {
            _failures.Remove(key);
            return Impose(key, source, reason, failures, now);
        }
    }

    /// <summary>What counts as one source: an address of IPv4, a prefix of IPv6; port 0.</summary>
    public NetAddress Prefix(in NetAddress source) => NetPrefix.Mask(source, source.IsV6 ? _options.Ipv6PrefixBits : 32);

    /// <summary>
    /// Reports a successful authentication. It forgives nothing, because someone with one good account could otherwise
    /// guess at others for ever; it is counted.
    /// </summary>
    public void ReportSuccess(in NetAddress source) => Interlocked.Increment(ref _succeeded);

    /// <summary>The bans in force, those that end last first.</summary>
    public IReadOnlyList<Ban> List(Moment now)
    {
        lock (_lock)
            DropEnded(now);

        var bans = _bans.Values.ToList();
        bans.Sort(static (a, b) => b.Until.CompareTo(a.Until));
        return bans;
    }

    /// <summary>Lifts the ban of a source (for IPv6 of its whole prefix) and forgets its failures; false when there was none.</summary>
    public bool Lift(in NetAddress source)
    {
        var key = SourceKey.Of(source, _options.Ipv6PrefixBits);
        lock (_lock)
        {
            _failures.Remove(key);
            if (!_bans.TryRemove(key, out _))
                return false;

            _banCount--;
            return true;
        }
    }

    private bool IsExempt(in NetAddress source)
    {
        foreach (var network in _options.ExemptNetworks)
        {
            if (network.Contains(source))
                return true;
        }

        return false;
    }

    private Failures Begin(SourceKey key, Moment now)
    {
        // A place in the queue is stale when its source was banned, lifted, or began a new window since.
        while (_order.TryPeek(out var oldest)
            && (_failures.Count >= _options.MaxTrackedSources || now - oldest.Began > _options.FailureWindow || _order.Count > 2 * _options.MaxTrackedSources))
        {
            _order.Dequeue();
            if (_failures.TryGetValue(oldest.Source, out var failures) && failures.Began == oldest.Began)
                _failures.Remove(oldest.Source);
        }

        _order.Enqueue((key, now));
        return new Failures(now, 1);
    }

    private Ban? Impose(SourceKey key, in NetAddress source, string reason, int failures, Moment now)
    {
        if (_banCount >= _options.MaxBans || now >= _nextCleaning)
        {
            DropEnded(now);
            _nextCleaning = now + CleaningInterval;
        }

        var isNew = !_bans.ContainsKey(key);
        if (isNew && _banCount >= _options.MaxBans)
        {
            Interlocked.Increment(ref _notStored);
            return null;
        }

        var ban = new Ban(Prefix(source), now + _options.BanDuration, reason, failures);
        _bans[key] = ban;
        if (isNew)
            _banCount++;

        Interlocked.Increment(ref _banned);
        return ban;
    }

    private void DropEnded(Moment now)
    {
        foreach (var (key, ban) in _bans)
        {
            if (now >= ban.Until && _bans.TryRemove(key, out _))
                _banCount--;
        }
    }

    private readonly record struct Failures(Moment Began, int Count);
}
