using System.Numerics;

namespace Tandem.Core.Time;

/// <summary>
/// A hierarchical timing wheel with a resolution of one millisecond: schedule and cancel are O(1) and allocate
/// nothing, whatever the number of timers. A timer never fires early. Timers of the same millisecond fire in the
/// order in which they reached that slot. One loop owns a wheel; it is not thread-safe.
/// </summary>
public sealed class TimerWheel
{
    private const int SlotBits = 8;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int Levels = 5;
    private const int WordsPerLevel = SlotsPerLevel / 64;

    private readonly TimerEntry?[] _heads = new TimerEntry?[Levels * SlotsPerLevel];
    private readonly TimerEntry?[] _tails = new TimerEntry?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels * WordsPerLevel];
    private long _tick;

    public TimerWheel(Moment start) => _tick = start.Milliseconds;

    /// <summary>Timers that are scheduled now.</summary>
    public int Count { get; private set; }

    /// <summary>Schedules <paramref name="entry"/>; one that is scheduled already is moved.</summary>
    public void Schedule(TimerEntry entry, Moment due)
    {
        if (entry.IsScheduled)
            Cancel(entry);

        if (due == Moment.Never)
            return;

        entry.Due = due;
        entry.Wheel = this;
        Link(entry);
        Count++;
    }

    /// <summary>Takes <paramref name="entry"/> out; one that is not scheduled is left alone.</summary>
    public void Cancel(TimerEntry entry)
    {
        if (!entry.IsScheduled)
            return;

        if (!ReferenceEquals(entry.Wheel, this))
            throw new InvalidOperationException("the timer belongs to another wheel");

        Unlink(entry);
        Count--;
    }

    /// <summary>Fires all that is due at <paramref name="now"/>, earliest millisecond first. Returns how many fired.</summary>
    public int Advance(Moment now)
    {
        var target = now.Milliseconds;
        var fired = 0;
        while (true)
        {
            fired += FireCurrent(now);
            if (_tick >= target)
                return fired;

            if (Count == 0)
            {
                _tick = target;
                return fired;
            }

            // Jump over empty time: the next occupied slot of level 0, or the next border at which a level cascades.
            var next = Math.Min(target, NextInterestingTick());
            _tick = next;
            Cascade();
        }
    }

    /// <summary>
    /// No timer is due before this moment; <see cref="Moment.Never"/> when none is scheduled. It is exact for timers
    /// of the next 256 ms and a lower bound beyond (the loop wakes there, finds nothing due and sleeps on).
    /// </summary>
    public Moment NextDeadline
    {
        get
        {
            if (Count == 0)
                return Moment.Never;

            return IsOccupied(0, (int)(_tick & (SlotsPerLevel - 1))) ? Moment.FromMilliseconds(_tick) : Moment.FromMilliseconds(NextInterestingTick());
        }
    }

    private static long DueTick(Moment due) =>
        (due.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;

    private int FireCurrent(Moment now)
    {
        var slot = (int)(_tick & (SlotsPerLevel - 1));
        var fired = 0;
        while (_heads[slot] is { } entry)
        {
            Unlink(entry);
            Count--;
            fired++;
            entry.OnDue(now);
        }

        return fired;
    }

    private void Link(TimerEntry entry)
    {
        var due = Math.Max(DueTick(entry.Due), _tick);
        var level = 0;
        var span = due ^ _tick;
        while (level < Levels - 1 && span >> (SlotBits * (level + 1)) != 0)
            level++;

        var index = (int)((due >> (SlotBits * level)) & (SlotsPerLevel - 1));
        var slot = (level * SlotsPerLevel) + index;
        entry.Slot = slot;
        entry.Next = null;
        entry.Previous = _tails[slot];
        if (entry.Previous is { } tail)
            tail.Next = entry;
        else
            _heads[slot] = entry;

        _tails[slot] = entry;
        _occupied[slot / 64] |= 1UL << (slot % 64);
    }

    private void Unlink(TimerEntry entry)
    {
        var slot = entry.Slot;
        if (entry.Previous is { } previous)
            previous.Next = entry.Next;
        else
            _heads[slot] = entry.Next;

        if (entry.Next is { } next)
            next.Previous = entry.Previous;
        else
            _tails[slot] = entry.Previous;

        if (_heads[slot] is null)
            _occupied[slot / 64] &= ~(1UL << (slot % 64));

        entry.Next = null;
        entry.Previous = null;
        entry.Slot = -1;
    }

    private void Cascade()
    {
        for (var level = Levels - 1; level > 0; level--)
        {
            if ((_tick & ((1L << (SlotBits * level)) - 1)) != 0)
                continue;

            var slot = (level * SlotsPerLevel) + (int)((_tick >> (SlotBits * level)) & (SlotsPerLevel - 1));
            var entry = _heads[slot];
            _heads[slot] = null;
            _tails[slot] = null;
            _occupied[slot / 64] &= ~(1UL << (slot % 64));
            while (entry is not null)
            {
                var next = entry.Next;
                Link(entry);
                entry = next;
            }
        }
    }

    private bool IsOccupied(int level, int index)
    {
        var slot = (level * SlotsPerLevel) + index;
        return (_occupied[slot / 64] & (1UL << (slot % 64))) != 0;
    }

    private long NextInterestingTick()
    {
        var best = long.MaxValue;
        for (var level = 0; level < Levels; level++)
        {
            var shift = SlotBits * level;
            var index = (int)((_tick >> shift) & (SlotsPerLevel - 1));
            var found = NextOccupied(level, index + 1);
            if (found < 0)
            {
                // A wrapped slot exists only on the highest level; lower ones are cascaded at their border.
                if (level == Levels - 1 && NextOccupied(level, 0) >= 0)
                    best = Math.Min(best, ((_tick >> shift) + SlotsPerLevel - index) << shift);
                continue;
            }

            best = Math.Min(best, ((_tick >> shift) - index + found) << shift);
        }

        return best == long.MaxValue ? _tick + SlotsPerLevel : best;
    }

    private int NextOccupied(int level, int from)
    {
        for (var index = from; index < SlotsPerLevel;)
        {
            var slot = (level * SlotsPerLevel) + index;
            var word = _occupied[slot / 64] >> (slot % 64);
            if (word != 0)
                return index + BitOperations.TrailingZeroCount(word);

            index += 64 - (slot % 64);
        }

        return -1;
    }
}
