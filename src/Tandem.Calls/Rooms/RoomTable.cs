using System.Collections.Concurrent;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media;
using Tandem.Media.Events;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>
/// The rooms of this node: made when the first dials in, gone when the last leaves. Shared by the shards and the API; one short lock, for
/// people come and go seldom.
/// </summary>
public sealed class RoomTable(IMediaService media, int maxRooms)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RoomKey, Room> _rooms = [];

    // What the media loops heard and nobody has noted yet: they wait for no lock.
    private readonly ConcurrentQueue<(Room Room, MemberSpeech Speech)> _heard = new();
    private int _isPosted;

    /// <summary>Rooms that are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _rooms.Count;
        }
    }

    /// <summary>The rooms of a tenant by name.</summary>
    public IReadOnlyList<RoomSnapshot> Of(TenantId tenant)
    {
        lock (_lock)
        {
            NoteHeard();
            return [.. _rooms.Values.Where(r => r.Key.Tenant == tenant).Select(r => r.Snapshot()).OrderBy(r => r.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>One room; null when nobody is in it.</summary>
    public RoomSnapshot? Find(RoomKey key)
    {
        lock (_lock)
        {
            NoteHeard();
            return _rooms.GetValueOrDefault(key)?.Snapshot();
        }
    }

    /// <summary>Puts the caller of a call into a room. Null when there are too many rooms, or the room is full.</summary>
    public MemberId? Join(RoomKey key, IMediaSession session, CallId call, string number, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(key, out var room))
            {
                if (_rooms.Count >= maxRooms)
                    return null;

                var opened = room = new Room(key, now);
                if (media.OpenMix(heard => Heard(opened, heard)) is not { } mix)
                    return null;

                room.Mix = mix;
                _rooms.Add(key, room);
            }

            var member = room.Mix.Join(session, CallSide.Caller, MixSeat.Default);
            if (member is { } id)
                room.Add(new RoomMember(id, call, number, MixSeat.Default));
            else
                CloseIfEmpty(room);
            return member;
        }
    }

    /// <summary>Takes a member out; nothing when it has left.</summary>
    public void Leave(RoomKey key, MemberId member, IMediaSession session)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(key, out var room) || !room.Remove(member))
                return;

            room.Mix.Leave(session, CallSide.Caller);
            CloseIfEmpty(room);
        }
    }

    /// <summary>Changes how a member sits; false when it is not there.</summary>
    public bool Seat(RoomKey key, MemberId member, MixSeat seat)
    {
        lock (_lock)
            return _rooms.TryGetValue(key, out var room) && room.Seat(member, seat);
    }

    /// <summary>Changes the matrix, or takes an entry of it back; false when one of the two is not there.</summary>
    public bool Route(RoomKey key, RoomRoute route, bool isTakenBack)
    {
        lock (_lock)
            return _rooms.TryGetValue(key, out var room) && room.Route(route, isTakenBack);
    }

    private void CloseIfEmpty(Room room)
    {
        if (!room.IsEmpty)
            return;

        _rooms.Remove(room.Key);
        room.Mix.Close();
    }

    // On the media shard. The room itself and not its name: the next one of that name numbers its members from 1 again.
    private void Heard(Room room, MediaEvent heard)
    {
        if (heard is not MemberSpeech speech)
            return;

        _heard.Enqueue((room, speech));
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static table => table.TakeHeard(), this, preferLocal: false);
    }

    private void TakeHeard()
    {
        Interlocked.Exchange(ref _isPosted, 0);
        lock (_lock)
            NoteHeard();
    }

    // Under the lock, and before anybody reads: in the order in which it was heard.
    private void NoteHeard()
    {
        while (_heard.TryDequeue(out var heard))
            heard.Room.Heard(heard.Speech);
    }
}
