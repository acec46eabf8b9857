using System.Globalization;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>Counts and caps of one tenant, which hold for all nodes together. All shards share it: each method holds its lock for microseconds.</summary>
internal sealed partial class TollAccount
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly TenantId _tenant;
    private readonly ITollLedger _ledger;
    private readonly Func<TollRules> _rules;
    private readonly List<TollTicket> _running = [];
    private readonly Queue<DateTimeOffset> _begun = new();
    private readonly Queue<DateTimeOffset> _refused = new();
    private readonly TollOthers _others = new();
    private readonly Func<IRemoteUse?> _remote;
    private TollState _state;
    private string? _zone;
    private DateTimeOffset _liftedAt;
    private DateTimeOffset _quietUntil;
    private long _admitted;
    private long _refusals;

    /// <param name="tenant">Whose.</param>
    /// <param name="ledger">What was kept.</param>
    /// <param name="rules">The rules of the tenant.</param>
    /// <param name="remote">What other nodes use.</param>
    /// <param name="liftedAt">When somebody last opened the way out: a block of before that was kept, or is told, holds no more.</param>
    /// <param name="now">Now.</param>
    public TollAccount(TenantId tenant, ITollLedger ledger, Func<TollRules> rules, Func<IRemoteUse?> remote, DateTimeOffset liftedAt, DateTimeOffset now)
    {
        _tenant = tenant;
        _ledger = ledger;
        _rules = rules;
        _remote = remote;
        _liftedAt = liftedAt;
        _quietUntil = liftedAt + (remote()?.Lifetime ?? TimeSpan.Zero);
        _state = ledger.Load(tenant);
        if (_state.Block is { } block && block.Since <= liftedAt)
            Keep(_state with { Block = null });
        foreach (var (node, state) in ledger.LoadOthers(tenant))
            Learn(node, state, now);
    }

    /// <summary>The block that holds now and refuses this call; null for none.</summary>
    public TollBlock? RefuseBlocked(DateTimeOffset now)
    {
        lock (_lock)
        {
            Turn(_rules(), now);
            if (_state.Block is not { } block || !block.Holds(now))
                return null;

            _refusals++;
            return block;
        }
    }

    /// <summary>Takes a place if the caps of the tenant and of the profile leave one; else says which does not.</summary>
    public (TollTicket? Ticket, TollRule Rule, TollBlock? Block) Enter(
        string profile, TollRules rules, TollRules? profileRules, TollPrice? price, DateTimeOffset now)
    {
        lock (_lock)
        {
            Turn(rules, now);
            if (_state.Block is { } block && block.Holds(now))
                return Refuse(TollRule.Blocked, block);

            var others = Others(Key, now);
            var ofProfile = profileRules is null ? 0 : _running.Count(ticket => ticket.Profile == profile) + Others(KeyOf(profile), now).Calls;
            if (_running.Count + others.Calls >= rules.MaxConcurrent || (profileRules is not null && ofProfile >= profileRules.MaxConcurrent))
                return Refuse(TollRule.Concurrent, null);

            if (rules.MaxSpendPerDay is { } cap && Spent(now) >= cap)
                return Refuse(TollRule.Spend, Trip(TollRule.Spend, string.Create(CultureInfo.InvariantCulture, $"{cap:0.##} are spent today"), EndOfDay(rules, now), now));

            Forget(_begun, now);
            if (_begun.Count + others.InLastMinute >= rules.MaxPerMinute)
            {
                _begun.Clear(); // they have had their trip
                return Refuse(TollRule.Rate, Trip(TollRule.Rate, $"more than {rules.MaxPerMinute} calls to outside within a minute", Until(rules, now), now));
            }

            _begun.Enqueue(now);
            _admitted++;
            var longest = Least(rules.LongestCall, profileRules?.LongestCall);
            var known = price ?? default;
            var made = new TollTicket(this, profile, known.PerMinute, TimeSpan.FromSeconds(Math.Max(1, known.IncrementSeconds)), longest);
            _running.Add(made);
            return (made, default, null);
        }
    }

    /// <summary>Takes a place whatever the caps say, and costs nothing: somebody calls for help.</summary>
    public TollTicket EnterAlways(string profile)
    {
        lock (_lock)
        {
            _admitted++;
            var made = new TollTicket(this, profile, 0, Minute, null);
            _running.Add(made);
            return made;
        }
    }

    /// <summary>Counts a refused destination; too many of them are a trip.</summary>
    public TollBlock? CountRefused(TollRules rules, DateTimeOffset now)
    {
        lock (_lock)
        {
            _refusals++;
            Forget(_refused, now);
            _refused.Enqueue(now);
            if (_refused.Count + Others(Key, now).RefusedInLastMinute < rules.MaxRefusedPerMinute)
                return null;

            _refused.Clear();
            return Trip(TollRule.Probing, $"{rules.MaxRefusedPerMinute} refused destinations within a minute", Until(rules, now), now);
        }
    }

    public void Answered(TollTicket ticket, DateTimeOffset now)
    {
        lock (_lock)
            ticket.AnsweredAt ??= now;
    }

    public TimeSpan? Remaining(TollTicket ticket, DateTimeOffset now)
    {
        lock (_lock)
        {
            TimeSpan? left = null;
            if (ticket is { Longest: { } longest, AnsweredAt: { } answered })
                left = Positive(answered + longest - now);

            var rules = _rules();
            Turn(rules, now);
            if (ticket.PricePerMinute == 0 || rules.MaxSpendPerDay is not { } cap)
                return left;

            if (Spent(now) >= cap)
                return TimeSpan.Zero;

            // Other calls spend the same money: a look every few seconds bounds what is spent beyond the cap.
            return left is { } time && time < Recheck ? time : Recheck;
        }
    }

    public void Ended(TollTicket ticket, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (ticket.IsEnded)
                return;

            ticket.IsEnded = true;
            _running.Remove(ticket);
            ticket.Cost = ticket.CostAt(now);
            if (ticket.Cost == 0)
                return;

            Turn(_rules(), now);
            Keep(_state with { Spent = _state.Spent + ticket.Cost });
        }
    }

    public TollAccountSnapshot Show(DateTimeOffset now)
    {
        lock (_lock)
        {
            Turn(_rules(), now);
            Forget(_begun, now);
            var others = Others(Key, now);
            var block = _state.Block is { } last && last.Holds(now) ? last : null;
            return new TollAccountSnapshot(_tenant, _running.Count + others.Calls, _begun.Count + others.InLastMinute, Spent(now), _admitted, _refusals, block);
        }
    }

    private static TimeSpan? Least(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static DateTimeOffset? Until(TollRules rules, DateTimeOffset now) => rules.BlockFor == TimeSpan.Zero ? null : now + rules.BlockFor;

    private static void Forget(Queue<DateTimeOffset> times, DateTimeOffset now)
    {
        while (times.TryPeek(out var oldest) && now - oldest >= Minute)
            times.Dequeue();
    }

    private static DateTime Local(TollRules rules, DateTimeOffset now) =>
        TimeZoneInfo.ConvertTime(now, TimeZoneInfo.TryFindSystemTimeZoneById(rules.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc).DateTime;

    private static DateOnly DayOf(TollRules rules, DateTimeOffset now) => DateOnly.FromDateTime(Local(rules, now));

    // Where the clocks change in between it is an hour early or late: a new day lifts the block by itself.
    private static DateTimeOffset EndOfDay(TollRules rules, DateTimeOffset now) => now + (TimeSpan.FromDays(1) - Local(rules, now).TimeOfDay);

    private (TollTicket? Ticket, TollRule Rule, TollBlock? Block) Refuse(TollRule rule, TollBlock? block)
    {
        _refusals++;
        return (null, rule, block);
    }

    private DateOnly Today(DateTimeOffset now) => DayOf(_rules(), now);

    private decimal Spent(DateTimeOffset now) => _state.Spent + Running(now) + _others.Spent(Today(now));

    private decimal Running(DateTimeOffset now)
    {
        var sum = 0m;
        foreach (var ticket in _running)
            sum += ticket.CostAt(now);
        return sum;
    }

    // A new day has new money, and calls that were blocked for the old day's may go.
    private void Turn(TollRules rules, DateTimeOffset now)
    {
        var day = SetDayRight(rules, now);
        if (day > _state.Day)
            Keep(new TollState(day, 0, _state.Block is { Rule: TollRule.Spend } ? null : _state.Block));
    }

    // Today. A day to come is one of a clock that was ahead: its money was spent today, and ends with today. A change of the time zone moves the day and leaves the money, or who may set the zone
    // had new money as often as he likes.
    private DateOnly SetDayRight(TollRules rules, DateTimeOffset now)
    {
        var day = DayOf(rules, now);
        var before = _zone is { } zone && zone != rules.TimeZone ? DayOf(rules with { TimeZone = zone }, now) : day;
        _zone = rules.TimeZone;
        if (_state.Day != day && _state.Day >= (before < day ? before : day))
            Keep(_state with { Day = day });
        return day;
    }

    private TollBlock Trip(TollRule rule, string text, DateTimeOffset? until, DateTimeOffset now)
    {
        // Later than the lift, whatever the clock says that set it, also in the milliseconds that are kept: else the others, and the next start, took it for what was lifted.
        var earliest = _liftedAt.AddMilliseconds(1);
        var block = new TollBlock(rule, text, now > earliest ? now : earliest, until);
        Keep(_state with { Block = block });
        return block;
    }

    private void Keep(TollState state)
    {
        _state = state;
        _ledger.Save(_tenant, state);
    }
}
