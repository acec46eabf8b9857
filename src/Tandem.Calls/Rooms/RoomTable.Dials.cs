using Tandem.Calls.Calls;

namespace Tandem.Calls.Rooms;

// Who is rung for a room: they end with it.
public sealed partial class RoomTable
{
    private readonly Dictionary<RoomKey, List<RoomDial>> _dials = [];

    /// <summary>Numbers that ring for rooms.</summary>
    public int DialCount
    {
        get
        {
            lock (_lock)
                return _dials.Values.Sum(dials => dials.Count);
        }
    }

    /// <summary>Who is rung for a room.</summary>
    public IReadOnlyList<RoomDial> DialsOf(RoomKey key)
    {
        lock (_lock)
            return _dials.TryGetValue(key, out var dials) ? [.. dials] : [];
    }

    /// <summary>Takes a place for somebody who is to be rung; null when as many ring for the room as may.</summary>
    internal RoomDial? TryDial(RoomKey key, string number, RoomGuest guest)
    {
        lock (_lock)
        {
            if ((_dials.TryGetValue(key, out var dials) ? dials.Count : 0) >= options.MaxDials)
                return null;
            if (dials is null)
                _dials.Add(key, dials = []);

            var dial = new RoomDial(number, guest, _time.GetUtcNow());
            dials.Add(dial);
            return dial;
        }
    }

    /// <summary>The call is made. False when the room ended before: it is to be let go.</summary>
    /// <param name="key">The room.</param>
    /// <param name="dial">Who is rung.</param>
    /// <param name="call">The call.</param>
    /// <param name="commandId">Names the order in events.</param>
    /// <param name="cancel">Ends the ringing; called under the lock: it only posts.</param>
    internal bool Dialling(RoomKey key, RoomDial dial, CallId call, string commandId, Action cancel)
    {
        lock (_lock)
        {
            (dial.Call, dial.CommandId, dial.Cancel) = (call, commandId, cancel);
            TellOfDial(key, RoomEventKind.Dialling, dial, "");
            return !dial.IsCancelled;
        }
    }

    /// <summary>He rings no longer: he came in, or did not.</summary>
    internal void Dialled(RoomKey key, RoomDial dial, string outcome)
    {
        lock (_lock)
        {
            if (!Forget(key, dial))
                return;

            if (dial.Call is not null)
                TellOfDial(key, RoomEventKind.Dialled, dial, outcome);
        }
    }

    private bool Forget(RoomKey key, RoomDial dial)
    {
        if (!_dials.TryGetValue(key, out var dials) || !dials.Remove(dial))
            return false;

        if (dials.Count == 0)
            _dials.Remove(key);
        return true;
    }

    // What becomes of each is told when its call has ended. How many there were.
    private int StopDialling(RoomKey key)
    {
        if (!_dials.TryGetValue(key, out var dials))
            return 0;

        foreach (var dial in dials)
        {
            if (dial.IsCancelled)
                continue;

            dial.IsCancelled = true;
            dial.Cancel();
        }

        return dials.Count;
    }

    private void TellOfDial(RoomKey key, RoomEventKind kind, RoomDial dial, string text) =>
        publish?.Invoke(new RoomEvent(key, kind, _rooms.GetValueOrDefault(key)?.Count ?? 0, null, dial.Number, text, _time.GetUtcNow()) { CommandId = dial.CommandId, Call = dial.Call });
}
