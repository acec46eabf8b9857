using Tandem.Calls.Ports;
using Tandem.Media.Events;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Rooms;

/// <summary>One room: the mix and who is in it. Every call under the lock of its table.</summary>
internal sealed class Room(RoomKey key, DateTimeOffset openedAt)
{
    private readonly List<RoomMember> _members = [];
    private readonly List<RoomRoute> _routes = [];

    public RoomKey Key => key;

    /// <summary>Set right after the room was made.</summary>
    public IMediaMix Mix { get; set; } = null!;

    public bool IsEmpty => _members.Count == 0;

    public RoomSnapshot Snapshot() => new(key.Name, openedAt, [.. _members], [.. _routes]);

    public void Add(RoomMember member) => _members.Add(member);

    public bool Remove(MemberId id)
    {
        _routes.RemoveAll(r => r.From == id || r.To == id);
        return _members.RemoveAll(m => m.Id == id) > 0;
    }

    public bool Seat(MemberId id, MixSeat seat)
    {
        if (!Change(id, m => m with { Seat = seat }))
            return false;

        Mix.Seat(id, seat);
        return true;
    }

    public bool Route(RoomRoute route, bool isTakenBack)
    {
        if (!Has(route.From) || !Has(route.To) || route.From == route.To)
            return false;

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

    public void Heard(MemberSpeech speech) => Change(speech.Member, m => m with { IsSpeaking = speech.IsSpeaking, LevelDb = speech.LevelDb });

    private bool Has(MemberId id) => _members.Exists(m => m.Id == id);

    private bool Change(MemberId id, Func<RoomMember, RoomMember> change)
    {
        var at = _members.FindIndex(m => m.Id == id);
        if (at < 0)
            return false;

        _members[at] = change(_members[at]);
        return true;
    }
}
