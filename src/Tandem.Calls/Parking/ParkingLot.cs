using System.Globalization;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Parking;

/// <summary>
/// The slots of all tenants: who waits where. Thread-safe, one for all shards; a slot that is free costs nothing. Of several who want the same, one gets it.
/// </summary>
internal sealed class ParkingLot(ParkingOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId, string), ParkingSlot> _slots = [];
    private int _now;
    private long _parked;
    private long _retrieved;
    private long _expired;
    private long _full;
    private long _pickedUp;

    public ParkingOptions Options => options;

    /// <summary>True when a tenant has something else at the number of a slot: who dials it does not reach the slot, so nobody is parked there. From any thread.</summary>
    public Func<TenantId, string, bool> IsHidden { get; set; } = static (_, _) => false;

    public ParkingStatistics Statistics => new(
        Volatile.Read(ref _now), Interlocked.Read(ref _parked), Interlocked.Read(ref _retrieved), Interlocked.Read(ref _expired), Interlocked.Read(ref _full), Interlocked.Read(ref _pickedUp));

    /// <summary>Keeps a slot for a call that comes: the wanted one, or the first that is free. Null when there is none.</summary>
    /// <param name="wanted">Its number; empty for any.</param>
    /// <param name="by">Who parks.</param>
    /// <param name="holder">The Call-ID of a phone that will transfer somebody there; empty otherwise.</param>
    public ParkingSlot? Reserve(TenantId tenant, string wanted, string by, string holder = "")
    {
        lock (_lock)
        {
            var number = wanted.Length == 0 ? FirstFree(tenant) : options.IsSlot(wanted) && IsFree(tenant, wanted) ? wanted : null;
            if (number is null)
            {
                Interlocked.Increment(ref _full);
                return null;
            }

            return _slots[(tenant, number)] = new ParkingSlot(tenant, number, by, holder);
        }
    }

    /// <summary>Who reserved a slot in a dialog of his transfers somebody there now: the slot is that one's. Null when he has none.</summary>
    public ParkingSlot? Inherit(TenantId tenant, string holder, string by)
    {
        lock (_lock)
        {
            foreach (var (key, slot) in _slots)
            {
                if (slot.Tenant == tenant && slot.Holder == holder && slot.By == by && holder.Length > 0)
                    return _slots[key] = new ParkingSlot(tenant, slot.Number, by, "");
            }

            return null;
        }
    }

    /// <summary>The call is there; false when the slot is not its own any more.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="call">The call.</param>
    /// <param name="wake">Has it look who retrieves it; from any thread.</param>
    public bool Park(ParkingSlot slot, ParkedCall call, Action wake)
    {
        lock (_lock)
        {
            if (!IsCurrent(slot))
                return false;

            slot.Wake = wake;
            slot.Parked = call;
            _now++;
        }

        Interlocked.Increment(ref _parked);
        return true;
    }

    /// <summary>The parked call of a slot; null when nobody waits there.</summary>
    public ParkedCall? Find(TenantId tenant, string number)
    {
        lock (_lock)
            return _slots.GetValueOrDefault((tenant, number))?.Parked;
    }

    /// <summary>Somebody wants the call of a slot: null when there is none, false when another one was first.</summary>
    public bool? TryClaim(TenantId tenant, string number, WaitingPerson who)
    {
        ParkingSlot? slot;
        lock (_lock)
        {
            slot = _slots.GetValueOrDefault((tenant, number));
            if (slot?.Parked is null)
                return null;
            if (slot.Claim is not null)
                return false;

            slot.Claim = who;
            who.Into = slot.Parked.Call;
        }

        slot.Wake();
        return true;
    }

    /// <summary>It was not connected to who wanted it: it waits on.</summary>
    public void Reopen(ParkingSlot slot)
    {
        WaitingPerson? claim;
        lock (_lock)
        {
            claim = slot.Claim;
            slot.Claim = null;
        }

        claim?.Fail();
    }

    /// <summary>Who wanted it has it.</summary>
    public void Retrieve(ParkingSlot slot)
    {
        Interlocked.Increment(ref _retrieved);
        slot.Claim = null;
        Free(slot);
    }

    /// <summary>Its time is over. False when somebody is just retrieving it.</summary>
    public bool TryExpire(ParkingSlot slot)
    {
        lock (_lock)
        {
            if (slot.Claim is not null)
                return false;

            Remove(slot);
        }

        Interlocked.Increment(ref _expired);
        return true;
    }

    /// <summary>Nobody uses it any more; the second time does nothing. True when it was in use till now.</summary>
    public bool Free(ParkingSlot slot)
    {
        bool wasThere;
        lock (_lock)
            wasThere = Remove(slot);
        if (wasThere)
            slot.Claim?.Fail();
        return wasThere;
    }

    /// <summary>The parked calls of a tenant, by slot.</summary>
    public IReadOnlyList<ParkedCall> Of(TenantId tenant)
    {
        var calls = new List<ParkedCall>();
        lock (_lock)
        {
            foreach (var slot in _slots.Values)
            {
                if (slot.Tenant == tenant && slot.Parked is { } parked)
                    calls.Add(parked);
            }
        }

        calls.Sort(static (a, b) => a.Slot.Length != b.Slot.Length ? a.Slot.Length.CompareTo(b.Slot.Length) : string.CompareOrdinal(a.Slot, b.Slot));
        return calls;
    }

    /// <summary>A ringing call was picked up.</summary>
    public void CountPickup() => Interlocked.Increment(ref _pickedUp);

    private bool IsCurrent(ParkingSlot slot) => _slots.GetValueOrDefault((slot.Tenant, slot.Number)) == slot;

    private bool Remove(ParkingSlot slot)
    {
        if (!IsCurrent(slot))
            return false;

        _slots.Remove((slot.Tenant, slot.Number));
        if (slot.Parked is not null)
            _now--;
        return true;
    }

    private string? FirstFree(TenantId tenant)
    {
        for (var i = 0; i < options.Slots; i++)
        {
            var number = (options.FirstSlot + i).ToString(CultureInfo.InvariantCulture);
            if (IsFree(tenant, number))
                return number;
        }

        return null;
    }

    private bool IsFree(TenantId tenant, string number) => !_slots.ContainsKey((tenant, number)) && !IsHidden(tenant, number);
}
