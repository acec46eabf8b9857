using Tandem.Calls.Ports;
using Tandem.Media.Events;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>One room: the mix and who is in it. Every call under the lock of its table, which tells the world what comes of it.</summary>
internal sealed class Room(RoomKey key, RoomDefinition definition, DateTimeOffset openedAt)
{
    private readonly List<RoomMember> _members = [];
    private readonly List<RoomVisit> _visits = [];
    private readonly List<RoomRoute> _routes = [];
    private readonly List<HashSet<MemberId>> _groups = [];
    private long _version;

    public RoomKey Key => key;

    public RoomDefinition Definition => definition;

    /// <summary>Set right after the room was made.</summary>
    public IMediaMix Mix { get; set; } = null!;

    public bool IsLocked { get; private set; }

    /// <summary>All have been told to go.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Who speaks the loudest.</summary>
    public MemberId? Speaker { get; private set; }

    /// <summary>The recording that is being made.</summary>
    public IMediaRecording? Recording { get; private set; }

    public int Count => _members.Count;

    public bool IsEmpty => _members.Count == 0;

    /// <summary>Nobody lets in those who wait.</summary>
    public bool LacksModerator => !_members.Exists(m => m.Role.MayModerate());

    public IReadOnlyList<RoomMember> Members => _members;

    public IReadOnlyList<RoomVisit> Visits => _visits;

    public RoomSnapshot Snapshot() =>
        new(key.Name, openedAt, [.. _members], [.. _routes], definition, IsLocked, Speaker, Recording?.Id ?? "", _version);

    public RoomMember? Find(MemberId id) => _members.Find(m => m.Id == id);

    public RoomVisit? Visit(MemberId id) => _visits.Find(v => v.Member == id);

    /// <summary>Somebody who was not told yet that the room is over; null when all were.</summary>
    public RoomVisit? TakeUntold()
    {
        var next = _visits.Find(v => !v.IsToldOfEnd);
        if (next is not null)
            next.IsToldOfEnd = true;
        return next;
    }

    /// <summary>Why somebody of that role cannot come in.</summary>
    public RoomRefusal Refuses(RoomRole role)
    {
        if (IsLocked && !role.MayModerate())
            return RoomRefusal.Locked;

        return definition.MaxMembers is { } most && _members.Count >= most && !role.MayEnd() ? RoomRefusal.Full : RoomRefusal.None;
    }

    public void Add(RoomMember member, RoomVisit visit)
    {
        _version++;
        _members.Add(member);
        _visits.Add(visit);
    }

    /// <summary>The call keeps the visit that it had in another room.</summary>
    public void Adopt(RoomVisit made, RoomVisit kept) => _visits[_visits.IndexOf(made)] = kept;

    public RoomMember? Remove(MemberId id)
    {
        if (Find(id) is not { } member)
            return null;

        _version++;
        _routes.RemoveAll(r => r.From == id || r.To == id);
        LeaveGroups(id);
        _members.Remove(member);
        _visits.RemoveAll(v => v.Member == id);
        if (Speaker == id)
            Speaker = null;
        return member;
    }

    /// <summary>Changes a member; the mix follows how it sits. Null when it is not there, or nothing changed.</summary>
    public RoomMember? Change(MemberId id, Func<RoomMember, RoomMember> change)
    {
        var at = _members.FindIndex(m => m.Id == id);
        if (at < 0)
            return null;

        var before = _members[at];
        var after = change(before);
        if (after == before)
            return null;

        _version++;
        _members[at] = after;
        if (after.Effective != before.Effective)
            Mix.Seat(id, after.Effective);
        return after;
    }

    public bool Route(RoomRoute route, bool isTakenBack)
    {
        if (Find(route.From) is null || Find(route.To) is null || route.From == route.To)
            return false;

        _version++;
        _routes.RemoveAll(r => r.From == route.From && r.To == route.To);
        if (isTakenBack)
        {
            Mix.Unroute(route.From, route.To);
        }
        else
        {
            _routes.Add(route);
            Mix.Route(route.From, route.To, route.GainDb);
        }

        return true;
    }

    /// <summary>Some talk among themselves: whoever comes later does not hear them.</summary>
    public bool HasGroups => _groups.Count > 0;

    /// <summary>Lets some talk among themselves: they hear one another alone, and nobody else hears them.</summary>
    public void Group(HashSet<MemberId> group)
    {
        foreach (var id in group)
            LeaveGroups(id);
        _groups.Add(group);
        foreach (var other in _members.Select(m => m.Id).ToArray())
            Separate(other, group);
    }

    /// <summary>Somebody came while some talk among themselves: he neither hears them nor is heard there.</summary>
    public void Separate(MemberId newcomer)
    {
        foreach (var group in _groups)
            Separate(newcomer, group);
    }

    /// <summary>Takes all entries of the matrix back.</summary>
    public void Ungroup()
    {
        _groups.Clear();
        foreach (var route in _routes.ToArray())
            Route(route, isTakenBack: true);
    }

    private void Separate(MemberId other, HashSet<MemberId> group)
    {
        var together = group.Contains(other);
        foreach (var id in group)
        {
            if (other == id)
                continue;

            Route(new RoomRoute(other, id, together ? 0 : null), isTakenBack: together);
            if (!together)
                Route(new RoomRoute(id, other, null), isTakenBack: false);
        }
    }

    private void LeaveGroups(MemberId id)
    {
        foreach (var group in _groups)
            group.Remove(id);
        _groups.RemoveAll(group => group.Count == 0);
    }

    /// <summary>True when that is new.</summary>
    public bool Lock(bool isLocked)
    {
        if (IsLocked == isLocked)
            return false;

        _version++;
        IsLocked = isLocked;
        return true;
    }

    public void Record(IMediaRecording? recording)
    {
        _version++;
        Recording = recording;
    }

    /// <summary>Who began to speak, or ceased.</summary>
    public RoomMember? Heard(MemberSpeech speech) =>
        Change(speech.Member, m => m with { IsSpeaking = speech.IsSpeaking, LevelDb = speech.LevelDb });

    /// <summary>The loudest now; true when it is another one.</summary>
    public bool Heard(SpeakersChanged speakers)
    {
        MemberId? loudest = speakers.Speakers.Count > 0 && Find(speakers.Speakers[0].Member) is { } first ? first.Id : null;
        if (Speaker == loudest)
            return false;

        Speaker = loudest;
        return true;
    }
}
