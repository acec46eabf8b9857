using System.Collections.Concurrent;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media;
using Tandem.Media.Events;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>
/// The rooms of this node: made when the first dials in, gone when the last leaves. Shared by the shards and the API; one short lock, for
/// people come and go seldom. Events are published under it, so that they are in the order in which things happened.
/// </summary>
/// <param name="media">Makes the mixes.</param>
/// <param name="maxRooms">Rooms at once, of all tenants.</param>
/// <param name="time">The clock of what the API and the media do.</param>
/// <param name="publish">Hears what happens; null for nobody.</param>
/// <param name="options">Their limits.</param>
public sealed partial class RoomTable(IMediaService media, int maxRooms, RoomOptions options, TimeProvider? time = null, Action<ExchangeEvent>? publish = null)
{
    // A step of two tones upward for who comes, downward for who leaves.
    internal const string EntryTone = "tone:entry";
    internal const string ExitTone = "tone:exit";

    private readonly Lock _lock = new();
    private readonly Dictionary<RoomKey, Room> _rooms = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    // What the media loops heard and nobody has noted yet: they wait for no lock.
    private readonly ConcurrentQueue<(Room Room, MediaEvent News)> _heard = new();
    private int _isPosted;

    /// <summary>Their limits.</summary>
    public RoomOptions Options => options;

    /// <summary>Counts wrong PINs of rooms, over all calls together.</summary>
    public Voicemail.PinGuard Pins { get; } = new(options.MaxWrongPins, options.LockOut);

    /// <summary>Rooms that are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _rooms.Count;
        }
    }

    /// <summary>Members of all rooms.</summary>
    public int MemberCount
    {
        get
        {
            lock (_lock)
                return _rooms.Values.Sum(r => r.Count);
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

    /// <summary>Puts a side of a session into a room, which is made for the first. Null with the reason when it does not come in.</summary>
    public RoomVisit? Enter(RoomKey key, RoomEntry entry, out RoomRefusal refusal)
    {
        lock (_lock)
        {
            refusal = RoomRefusal.None;
            var room = _rooms.GetValueOrDefault(key) ?? Open(key, entry.Definition);
            if (room is null)
            {
                refusal = RoomRefusal.TooManyRooms;
                return null;
            }

            refusal = room.Refuses(entry.Role);
            var visit = refusal == RoomRefusal.None ? Join(room, entry) : null;
            if (visit is not null)
                return visit;

            if (refusal == RoomRefusal.None)
                refusal = RoomRefusal.Full; // the mix has no place
            Tell(room, RoomEventKind.Refused, null, entry.Number, refusal.ToString());
            CloseIfEmpty(room);
            return null;
        }
    }

    /// <summary>Somebody did not come in, for a reason that the table does not know: a wrong PIN.</summary>
    public void Refused(RoomKey key, string number, RoomRefusal refusal)
    {
        lock (_lock)
            publish?.Invoke(new RoomEvent(key, RoomEventKind.Refused, _rooms.GetValueOrDefault(key)?.Count ?? 0, null, number, refusal.ToString(), _time.GetUtcNow()));
    }

    /// <summary>Takes a call out of the room that it is in; nothing when it has left.</summary>
    public void Leave(RoomVisit visit)
    {
        lock (_lock)
        {
            if (visit.IsOver || !_rooms.TryGetValue(visit.Room, out var room))
                return;

            visit.IsOver = true;
            Part(room, visit, EndOfMembers(room, visit));
        }
    }

    private Room? Open(RoomKey key, RoomDefinition definition)
    {
        if (_rooms.Count >= maxRooms)
            return null;

        var room = new Room(key, definition, _time.GetUtcNow());
        if (media.OpenMix(key.Tenant, heard => Heard(room, heard)) is not { } mix)
            return null;

        room.Mix = mix;
        _rooms.Add(key, room);
        Tell(room, RoomEventKind.Started, null, "");
        return room;
    }

    private RoomVisit? Join(Room room, RoomEntry entry)
    {
        var waits = room.Definition.WaitsForModerator && !entry.Role.MayModerate() && room.LacksModerator;
        var seat = MixSeat.Default with { IsMuted = entry.Guest is { IsMuted: true } || (room.Definition.MutesOnEntry && !entry.Role.MayModerate()) };
        var member = new RoomMember(default, entry.Call, entry.Number, seat, entry.Role, _time.GetUtcNow(), waits) { Name = entry.Guest?.Name ?? "", WasCalled = entry.Guest is not null };
        // The mix goes on while it takes him in: until the matrix says whom he does not hear, he hears nobody.
        var begin = room.HasGroups ? member.Effective with { IsMuted = true, IsDeaf = true } : member.Effective;
        if (room.Mix.Join(entry.Session, entry.Side, begin) is not { } id)
            return null;

        member = member with { Id = id };
        var visit = new RoomVisit(room.Key, id, entry);
        var isFirst = room.IsEmpty;
        room.Add(member, visit);
        if (room.HasGroups)
        {
            room.Separate(id);
            room.Mix.Seat(id, member.Effective);
        }

        Tell(room, RoomEventKind.Joined, member, entry.Number, waits ? "waiting" : "");
        if (!isFirst && !waits && HasTones(room))
            Play(room, EntryTone, null);
        if (entry.Role.MayModerate())
            Admit(room);
        if (room.Definition.IsRecorded && room.Recording is null)
            StartRecording(room, out _);
        return visit;
    }

    private void Admit(Room room)
    {
        foreach (var waiting in room.Members.Where(m => m.IsWaiting).ToArray())
        {
            if (room.Change(waiting.Id, m => m with { IsWaiting = false }) is not { } admitted)
                continue;

            Tell(room, RoomEventKind.Admitted, admitted, admitted.Number);
            room.Visit(waiting.Id)?.Entry.Tell(RoomNotice.Admitted);
        }
    }

    // All others go when the last moderator of a room that ends with him has gone.
    private static bool EndOfMembers(Room room, RoomVisit leaving) =>
        room.Definition.EndsWithModerator
        && room.Find(leaving.Member) is { } member && member.Role.MayModerate()
        && !room.Members.Any(m => m.Id != leaving.Member && m.Role.MayModerate());

    private void Part(Room room, RoomVisit visit, bool endsAll)
    {
        room.Mix.Leave(visit.Session, visit.Side);
        if (room.Remove(visit.Member) is { } left)
            Tell(room, RoomEventKind.Left, left, left.Number);
        if (endsAll)
            LetGo(room);
        else if (room.IsEnding)
            LetGoNext(room);
        else if (HasTones(room))
            Play(room, ExitTone, null);
        CloseIfEmpty(room);
    }

    private bool HasTones(Room room) => room is { IsEmpty: false, IsEnding: false, Definition.HasTones: true } && room.Count <= options.MaxForTones;

    private void CloseIfEmpty(Room room)
    {
        if (!room.IsEmpty)
            return;

        _rooms.Remove(room.Key);
        room.Recording?.Stop();
        room.Record(null);
        room.Mix.Close();
        StopDialling(room.Key);
        Tell(room, RoomEventKind.Ended, null, "");
    }

    private void Tell(Room room, RoomEventKind kind, RoomMember? member, string number, string text = "") =>
        publish?.Invoke(new RoomEvent(room.Key, kind, room.Count, member, number, text, _time.GetUtcNow()));

    // On the media shard. The room itself and not its name: the next one of that name numbers its members from 1 again.
    private void Heard(Room room, MediaEvent heard)
    {
        if (heard is not (MemberSpeech or SpeakersChanged))
            return;

        _heard.Enqueue((room, heard));
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
        {
            if (heard.News is MemberSpeech speech && heard.Room.Heard(speech) is { } member)
                Tell(heard.Room, speech.IsSpeaking ? RoomEventKind.Talking : RoomEventKind.Silent, member, member.Number);
            else if (heard.News is SpeakersChanged speakers && heard.Room.Heard(speakers))
                Tell(heard.Room, RoomEventKind.Speaker, heard.Room.Speaker is { } id ? heard.Room.Find(id) : null, "");
        }
    }
}
