using Tandem.Calls.Rooms;

namespace Tandem.Calls.Calls.Programs;

/// <summary>The person is in a room with all others who dialled it.</summary>
internal sealed class RoomProgram(string name) : ICallProgram
{
    public CallEnding? Prepare(ServedCall person)
    {
        var call = person.Call;
        var room = new RoomKey(person.Tenant, name);
        var snapshot = call.Model.Snapshot;
        var session = snapshot.Media!;
        if (call.Environment.Rooms.Join(room, session, snapshot.Id, snapshot.CallerNumber, call.Environment.WallClock.ToUtc(call.Now)) is not { } member)
            return CallEnding.For(EndReason.Overloaded, CallSide.Exchange, call.IsAnswered, "No place in the room");

        person.AtEnd(() => call.Environment.Rooms.Leave(room, member, session));
        return null;
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        await person.UntilGoneAsync();
        return null;
    }
}
