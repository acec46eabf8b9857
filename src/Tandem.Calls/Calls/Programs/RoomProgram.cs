using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// The person is in a room with all others who dialled it: a PIN where the room asks for one, the greeting, music until a moderator is there, and then keys:
/// <c>*6</c> mutes himself, <c>*9</c> raises the hand; moderators <c>*5</c> lock, <c>*7</c> mute the others, <c>*1</c> record, <c>*2</c> and a number add somebody; admins <c>*8</c> end the room.
/// Each again takes it back.
/// </summary>
/// <param name="room">The room, and how he comes in who was called for it.</param>
internal sealed class RoomProgram(ExchangeService.Room room) : ICallProgram
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    private readonly string _name = room.Name;
    private RoomDefinition _definition = RoomDefinition.Made(room.Name);
    private RoomVisit? _visit;
    private bool _isRecording;
    private bool _mayRecord;
    private bool _areOthersMuted;

    public CallEnding? Prepare(ServedCall person)
    {
        var environment = person.Call.Environment;
        _definition = environment.KeptRooms.Find(person.Tenant, _name) ?? _definition;
        var rule = RecordingDecision.OfRoom(environment.RecordingRules, person.Tenant, _name);
        _mayRecord = rule.Mode != RecordingMode.Never;
        if (!_mayRecord || RecordingDecision.IsChosen(rule, environment.Random))
            _definition = _definition with { IsRecorded = _mayRecord };
        if (room.Guest is { } guest)
            return Enter(person, guest.Role);

        return _definition.AsksPin ? null : Enter(person, _definition.Open ?? RoomRole.Participant);
    }

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        if (_visit is null)
        {
            if (await AskAsync(person) is not { } role)
                return await RefuseAsync(person);
            if (person.IsGone)
                return null;
            if (Enter(person, role) is { } refused)
            {
                await person.PlayAsync(Prompt.Error);
                return refused;
            }
        }

        if (_definition.Greeting.Length > 0)
            await person.PlayAsync(Prompt.Sounds(_definition.Greeting));
        if (IsWaiting(person))
            person.Loop(Prompt.Music());
        person.AfterHold = () =>
        {
            if (IsWaiting(person))
                person.Loop(Prompt.Music());
        };
        var secondKey = person.Call.Environment.Rooms.Options.SecondKey;
        while (!person.IsGone)
        {
            if (await person.KeyAsync(Forever) == '*' && await person.KeyAsync(secondKey) is { } key)
                await DoAsync(person, key);
        }

        return null;
    }

    private CallEnding? Enter(ServedCall person, RoomRole role)
    {
        var call = person.Call;
        var snapshot = call.Model.Snapshot;
        var rooms = call.Environment.Rooms;
        var entry = new RoomEntry(_definition, snapshot.Media!, person.Side, snapshot.Id, person.Leg.Number, role, notice => call.Environment.PostToShard(() => Noticed(person, notice)))
        {
            Guest = room.Guest,
        };
        _visit = rooms.Enter(new RoomKey(person.Tenant, _name), entry, out var refusal);
        if (_visit is not { } visit)
            return CallEnding.For(refusal == RoomRefusal.Locked ? EndReason.Forbidden : EndReason.Overloaded, CallSide.Exchange, call.IsAnswered, Text(refusal));

        person.AtEnd(() => rooms.Leave(visit));
        return null;
    }

    // Null: nobody is let in who types nothing right.
    private async ValueTask<RoomRole?> AskAsync(ServedCall person)
    {
        var rooms = person.Call.Environment.Rooms;
        var pins = rooms.Pins;
        for (var attempt = 0; attempt < rooms.Options.PinTries && !person.IsGone; attempt++)
        {
            var pin = await person.ReadAsync(new ReadOrder { Prompt = attempt == 0 ? Prompt.Beep : Prompt.Error, Max = RoomDefinition.LongestPin });
            if (pin.Length > 0 && !pins.TryGuess(person.Tenant, _name, person.Call.Now))
                return null;
            if (_definition.RoleOf(pin) is not { } role)
                continue;

            // A right one takes nothing else off the count: a participant would guess the moderator's.
            if (pin.Length > 0)
                pins.TakeBack(person.Tenant, _name);
            return role;
        }

        return null;
    }

    private async ValueTask<CallEnding?> RefuseAsync(ServedCall person)
    {
        if (person.IsGone)
            return null;

        person.Call.Environment.Rooms.Refused(new RoomKey(person.Tenant, _name), person.Leg.Number, RoomRefusal.WrongPin);
        await person.PlayAsync(Prompt.Error);
        return CallEnding.For(EndReason.Forbidden, CallSide.Exchange, answered: true, Text(RoomRefusal.WrongPin));
    }

    private async ValueTask DoAsync(ServedCall person, char key)
    {
        var rooms = person.Call.Environment.Rooms;
        if (_visit is not { IsOver: false } visit || rooms.Find(visit.Room) is not { } seen || seen.Members.FirstOrDefault(m => m.Id == visit.Member) is not { } me)
            return;

        var isDone = true;
        switch (key)
        {
            case '6' when me.Role.MaySpeak():
                rooms.Seat(visit.Room, visit.Member, me.Seat with { IsMuted = !me.Seat.IsMuted });
                break;
            case '9':
                rooms.Raise(visit.Room, visit.Member, !me.HasHandUp);
                break;
            case '5' when me.Role.MayModerate():
                rooms.SetLock(visit.Room, !seen.IsLocked);
                break;
            case '7' when me.Role.MayModerate():
                rooms.MuteOthers(visit.Room, _areOthersMuted = !_areOthersMuted);
                break;
            case '1' when me.Role.MayModerate() && _mayRecord:
                _isRecording = seen.Recording.Length == 0;
                isDone = rooms.Record(visit.Room, _isRecording) is { Problem.Length: 0 };
                break;
            case '2' when me.Role.MayModerate():
                isDone = await DialAsync(person, visit);
                break;
            case '8' when me.Role.MayEnd():
                rooms.End(visit.Room);
                return;
            default:
                isDone = false;
                break;
        }

        if (!me.IsWaiting)
            await person.PlayAsync(isDone ? Prompt.Beep : Prompt.Error);
    }

    // A phone of the tenant only, and what it may dial itself: a PIN that somebody outside has guessed calls nobody at the tenant's cost.
    private static async ValueTask<bool> DialAsync(ServedCall person, RoomVisit visit)
    {
        var number = await person.ReadAsync(new ReadOrder { Prompt = Prompt.Beep });
        var environment = person.Call.Environment;
        return number.Length > 0 && !person.IsGone && !visit.IsOver && !number.AsSpan().ContainsAnyExceptInRange('0', '9') && OwnPhone.NumberOf(person) is { } own
            && environment.Router.MayDial(person.Tenant, own, number)
            && environment.Originations.Dial(visit.Room, new RoomDialOrder(new Destination.Number(number), number)).Result == CommandResult.Begun;
    }

    private bool IsWaiting(ServedCall person) =>
        _visit is { } visit && person.Call.Environment.Rooms.Find(visit.Room)?.Members.FirstOrDefault(m => m.Id == visit.Member) is { IsWaiting: true };

    // On the call's shard.
    private static void Noticed(ServedCall person, RoomNotice notice)
    {
        if (person.IsGone)
            return;

        switch (notice)
        {
            case RoomNotice.Admitted:
                person.Silence();
                break;
            case RoomNotice.Waiting:
                person.Loop(Prompt.Music());
                break;
            case RoomNotice.Removed:
                person.Call.HangUp(EndReason.ClearedByOperator);
                break;
            default:
                person.Call.HangUp(EndReason.Completed);
                break;
        }
    }

    private static string Text(RoomRefusal refusal) => refusal switch
    {
        RoomRefusal.Locked => "The room is locked",
        RoomRefusal.WrongPin => "No PIN of the room",
        _ => "No place in the room",
    };
}
