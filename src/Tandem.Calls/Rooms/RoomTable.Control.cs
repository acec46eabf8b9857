using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Media.Mixing;
using Tandem.Media.Recording;

namespace Tandem.Calls.Rooms;

/// <summary>What moderators and the API do with a room and its members.</summary>
public sealed partial class RoomTable
{
    /// <summary>Changes how a member sits; false when it is not there.</summary>
    public bool Seat(RoomKey key, MemberId member, MixSeat seat) => Change(key, member, m => m with { Seat = seat });

    /// <summary>Gives a member another role; who waits comes in when that makes a moderator. False when it is not there.</summary>
    public bool SetRole(RoomKey key, MemberId member, RoomRole role) => Change(key, member, m => m with { Role = role });

    /// <summary>Raises a hand, or takes it down; false when the member is not there.</summary>
    public bool Raise(RoomKey key, MemberId member, bool isUp)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room || room.Find(member) is null)
                return false;

            if (room.Change(member, m => m with { HasHandUp = isUp }) is { } changed)
                Tell(room, RoomEventKind.Hand, changed, changed.Number, isUp ? "up" : "down");
            return true;
        }
    }

    /// <summary>Mutes all who are no moderators, or lets them speak; false when there is no such room.</summary>
    public bool MuteOthers(RoomKey key, bool isMuted)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room)
                return false;

            foreach (var member in room.Members.Where(m => !m.Role.MayModerate()).ToArray())
                Changed(room, room.Change(member.Id, m => m with { Seat = m.Seat with { IsMuted = isMuted } }));
            return true;
        }
    }

    /// <summary>Changes the matrix, or takes an entry of it back; false when one of the two is not there.</summary>
    public bool Route(RoomKey key, RoomRoute route, bool isTakenBack)
    {
        lock (_lock)
            return Room(key)?.Route(route, isTakenBack) == true;
    }

    /// <summary>
    /// Lets some of a room talk among themselves: they hear one another alone, and nobody else hears them, until they are brought back. False when
    /// one of them is not there, or they are fewer than two.
    /// </summary>
    public bool Group(RoomKey key, IReadOnlyCollection<MemberId> members)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room || members.Distinct().Count() < 2 || members.Any(id => room.Find(id) is null))
                return false;

            room.Group([.. members]);
            return true;
        }
    }

    /// <summary>Takes all entries of the matrix back: everybody hears everybody. False when there is no such room.</summary>
    public bool Ungroup(RoomKey key)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room)
                return false;

            room.Ungroup();
            return true;
        }
    }

    /// <summary>Locks a room for all who are no moderators, or opens it; false when there is no such room.</summary>
    public bool SetLock(RoomKey key, bool isLocked)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room)
                return false;

            if (room.Lock(isLocked))
                Tell(room, isLocked ? RoomEventKind.Locked : RoomEventKind.Unlocked, null, "");
            return true;
        }
    }

    /// <summary>Takes a member out: its call ends. False when it is not there.</summary>
    public bool Kick(RoomKey key, MemberId member)
    {
        lock (_lock)
        {
            if (Room(key)?.Visit(member) is not { } visit)
                return false;

            visit.Entry.Tell(RoomNotice.Removed);
            return true;
        }
    }

    /// <summary>Lets all go, and whoever is rung for it; returns how many there were. The room is gone when the last call is over.</summary>
    public int End(RoomKey key)
    {
        lock (_lock)
            return (Room(key) is { } room ? LetGo(room) : 0) + StopDialling(key);
    }

    /// <summary>
    /// Brings a member to another room of its tenant, which is made when there is none. It keeps its role. Its number there comes back, null with
    /// the reason when it stays where it is.
    /// </summary>
    public MemberId? Move(RoomKey key, MemberId member, RoomDefinition to, out RoomRefusal refusal)
    {
        lock (_lock)
        {
            refusal = RoomRefusal.None;
            var target = key with { Name = to.Name };
            if (Room(key) is not { } from || from.Visit(member) is not { } visit || from.Find(member) is not { } present || target == key)
                return null;

            var room = _rooms.GetValueOrDefault(target) ?? Open(target, to);
            refusal = room is null ? RoomRefusal.TooManyRooms : room.Refuses(present.Role);
            if (room is null || refusal != RoomRefusal.None)
                return null;

            var endsAll = EndOfMembers(from, visit);
            Part(from, visit, endsAll);
            if (Join(room, visit.Entry with { Role = present.Role }) is { } arrived)
            {
                // The call has one visit, whatever room it is in.
                (visit.Room, visit.Member) = (arrived.Room, arrived.Member);
                room.Adopt(arrived, visit);
                visit.Entry.Tell(room.Find(visit.Member)!.IsWaiting ? RoomNotice.Waiting : RoomNotice.Admitted);
                return visit.Member;
            }

            refusal = RoomRefusal.Full;
            CloseIfEmpty(room);
            visit.IsOver = true;
            visit.Entry.Tell(RoomNotice.Removed);
            return null;
        }
    }

    /// <summary>Plays a sound of the tenant to all, or to one. False when there is no such room or member.</summary>
    public bool Play(RoomKey key, string sound, MemberId? to)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room || (to is { } one && room.Find(one) is null))
                return false;

            Play(room, sound, to);
            Tell(room, RoomEventKind.Played, to is { } id ? room.Find(id) : null, "", sound);
            return true;
        }
    }

    /// <summary>Ends what is played to a room; false when there is no such room.</summary>
    public bool StopPlaying(RoomKey key)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room)
                return false;

            room.Mix.StopPlaying();
            return true;
        }
    }

    /// <summary>
    /// Begins or ends the recording of a room. Null when there is no such room; else the recording that is being made now, empty for none, and
    /// why there is none when one was asked for.
    /// </summary>
    public (string Recording, string Problem)? Record(RoomKey key, bool isOn)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room)
                return null;

            var problem = "";
            if (isOn && room.Recording is null)
                StartRecording(room, out problem);
            else if (!isOn && room.Recording is not null)
                StopRecording(room);
            return (room.Recording?.Id ?? "", problem);
        }
    }

    private Room? Room(RoomKey key)
    {
        NoteHeard();
        return _rooms.GetValueOrDefault(key);
    }

    private bool Change(RoomKey key, MemberId member, Func<RoomMember, RoomMember> change)
    {
        lock (_lock)
        {
            if (Room(key) is not { } room || room.Find(member) is null)
                return false;

            Changed(room, room.Change(member, change));
            if (!room.LacksModerator)
                Admit(room);
            return true;
        }
    }

    private void Changed(Room room, RoomMember? member)
    {
        if (member is not null)
            Tell(room, RoomEventKind.MemberChanged, member, member.Number);
    }

    // A few at once, and the next one with each who has left: a loop that lets hundreds go in one round would keep all other calls waiting.
    private int LetGo(Room room)
    {
        room.IsEnding = true;
        for (var i = 0; i < options.EndsAtOnce; i++)
            LetGoNext(room);
        return room.Count;
    }

    private static void LetGoNext(Room room)
    {
        if (room.TakeUntold() is { } visit)
            visit.Entry.Tell(RoomNotice.Ended);
    }

    private static void Play(Room room, string sound, MemberId? to) => room.Mix.Play(sound, to);

    private void StartRecording(Room room, out string problem)
    {
        var order = new RecordingOrder(room.Key.Tenant, null, "", room.Key.Name, RecordingChannels.Mixed);
        var recording = room.Mix.Record(order, (id, reason) => Over(room, id, reason), out problem);
        if (recording is null)
        {
            Tell(room, RoomEventKind.Recording, null, "", "failed: " + problem);
            return;
        }

        room.Record(recording);
        Tell(room, RoomEventKind.Recording, null, "", recording.Id);
    }

    private void StopRecording(Room room)
    {
        var recording = room.Recording!;
        room.Record(null);
        recording.Stop();
        Tell(room, RoomEventKind.Recording, null, "", "");
    }

    // It ended by itself: a full disk, its longest duration. On any thread.
    private void Over(Room room, string id, string reason)
    {
        lock (_lock)
        {
            if (room.Recording?.Id != id)
                return;

            room.Record(null);
            Tell(room, RoomEventKind.Recording, null, "", "ended: " + reason);
        }
    }
}
