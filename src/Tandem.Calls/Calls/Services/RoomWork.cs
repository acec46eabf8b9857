using Tandem.Calls.Ports;
using Tandem.Calls.Rooms;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Calls.Services;

/// <summary>The caller is in a room with all others who dialled it.</summary>
internal sealed class RoomWork(LiveCall call, string name) : IServiceWork
{
    private readonly RoomKey _room = new(call.Model.Tenant, name);
    private MemberId? _member;
    private IMediaSession? _session;

    public CallEnding? Begin()
    {
        var snapshot = call.Model.Snapshot;
        _session = snapshot.Media!;
        _member = call.Environment.Rooms.Join(_room, _session, snapshot.Id, snapshot.CallerNumber, call.Environment.WallClock.ToUtc(call.Now));
        return _member is null ? CallEnding.For(EndReason.Overloaded, CallSide.Exchange, answered: false, "No place in the room") : null;
    }

    public void End()
    {
        if (_member is { } member)
            call.Environment.Rooms.Leave(_room, member, _session!);
    }
}
