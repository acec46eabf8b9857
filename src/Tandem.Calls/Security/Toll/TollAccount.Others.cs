using Tandem.Calls.Limits;

namespace Tandem.Calls.Security.Toll;

/// <summary>What the account of one node tells those of the others, and learns of them.</summary>
internal sealed partial class TollAccount
{
    private UseKey Key => new(UseKind.Toll, _tenant.Value);

    /// <summary>Takes what another node told: the money that its calls have cost, and a block that began there holds here as well.</summary>
    public void Hear(string node, TollState told, DateTimeOffset now)
    {
        lock (_lock)
            Learn(node, told, now);
    }

    /// <summary>
    /// What a lift of now opens: all that began until then. What other nodes tell until they have heard of it is no newer, whatever their clocks say.
    /// </summary>
    /// <returns>In whole milliseconds; null when nothing shuts the way out.</returns>
    public DateTimeOffset? LiftTime(DateTimeOffset now)
    {
        lock (_lock)
            return _state.Block is { } block && block.Holds(now) ? Ceiling(block.Since > now ? block.Since : now) : null;
    }

    /// <summary>Hears that somebody has lifted what there was until then; a block that came after it stays.</summary>
    public void HearLift(DateTimeOffset at, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (at <= _liftedAt)
                return;

            _liftedAt = at;
            _quietUntil = now + (_remote()?.Lifetime ?? TimeSpan.Zero);
            _begun.Clear();
            _refused.Clear();
            if (_state.Block is { } block && block.Since <= at)
                Keep(_state with { Block = null });
        }
    }

    /// <summary>Adds what the others need to know of this node.</summary>
    public void Collect(List<ToldUse> into, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(_begun, now);
            Forget(_refused, now);

            // A new day begins with a call, not by being told: nothing is kept of those who do not call.
            var day = SetDayRight(_rules(), now);
            var block = _state.Block is { } last && last.Holds(now) ? last : null;
            var state = new TollState(day, (_state.Day == day ? _state.Spent : 0) + Running(now), block);
            var use = new NodeUse(_running.Count, InLastMinute: _begun.Count, RefusedInLastMinute: _refused.Count);
            into.Add(new ToldUse(Key, use, state.Spent == 0 && block is null ? null : state));
            foreach (var calls in _running.CountBy(static ticket => ticket.Profile))
                into.Add(new ToldUse(KeyOf(calls.Key), new NodeUse(calls.Value)));
        }
    }

    private UseKey KeyOf(string profile) => new(UseKind.TollProfile, _tenant.Value, profile);

    // Until the others have heard of a lift they tell the calls that led to the block.
    private NodeUse Others(in UseKey key, DateTimeOffset now)
    {
        var others = _remote()?.Of(key) ?? default;
        return now < _quietUntil ? others with { InLastMinute = 0, RefusedInLastMinute = 0 } : others;
    }

    private static DateTimeOffset Ceiling(DateTimeOffset time) => time.AddTicks((TimeSpan.TicksPerMillisecond - (time.Ticks % TimeSpan.TicksPerMillisecond)) % TimeSpan.TicksPerMillisecond);

    private void Learn(string node, TollState told, DateTimeOffset now)
    {
        _others.Take(node, told.Day, told.Spent, Today(now));
        if (told.Block is { } block && block.Since > _liftedAt && (_state.Block is not { } known || block.Since > known.Since))
            _state = _state with { Block = block };
    }
}
