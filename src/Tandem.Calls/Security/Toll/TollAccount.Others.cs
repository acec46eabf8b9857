using Tandem.Calls.Limits;

namespace Tandem.Calls.Security.Toll;

/// <summary>What the account of one node tells those of the others, and learns of them.</summary>
internal sealed partial class TollAccount
{
    private UseKey Key => new(UseKind.Toll, _tenant.Value);

    /// <summary>Takes what another node told: the money that its calls have cost, and a block that began there holds here as well.</summary>
    public void Hear(string node, TollState told)
    {
        lock (_lock)
            Learn(node, told);
    }

    /// <summary>Adds what the others need to know of this node.</summary>
    public void Collect(List<ToldUse> into, DateTimeOffset now)
    {
        lock (_lock)
        {
            Forget(_begun, now);
            Forget(_refused, now);

            // A new day begins with a call, not by being told: nothing is kept of those who do not call.
            var day = DateOnly.FromDateTime(Local(_rules(), now));
            var block = _state.Block is { } last && last.Holds(now) ? last : null;
            var state = new TollState(day, (day == _state.Day ? _state.Spent : 0) + Running(now), block);
            var use = new NodeUse(_running.Count, InLastMinute: _begun.Count, RefusedInLastMinute: _refused.Count);
            into.Add(new ToldUse(Key, use, state.Spent == 0 && block is null ? null : state));
            foreach (var calls in _running.CountBy(static ticket => ticket.Profile))
                into.Add(new ToldUse(KeyOf(calls.Key), new NodeUse(calls.Value)));
        }
    }

    private UseKey KeyOf(string profile) => new(UseKind.TollProfile, _tenant.Value, profile);

    private void Learn(string node, TollState told)
    {
        _others.Take(node, told.Day, told.Spent);
        if (told.Block is { } block && block.Since > _liftedAt && (_state.Block is not { } known || block.Since > known.Since))
            _state = _state with { Block = block };
    }
}
