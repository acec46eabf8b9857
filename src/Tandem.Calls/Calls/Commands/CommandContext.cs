using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Events;

namespace Tandem.Calls.Calls.Commands;

/// <summary>One run of a command: the call, its name in events, and the replies that it can give. On the call's shard.</summary>
internal sealed class CommandContext(LiveCall call, CallCommand command)
{
    private readonly string _name = command.Name;
    private bool _isEnded;

    public LiveCall Call => call;

    /// <summary>Names this run; 26 characters.</summary>
    public string Id { get; } = CallId.New(call.Environment.WallClock.ToUtc(call.Now), call.Environment.Random).Value;

    /// <summary>What the program wants to find again in the event; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>The exchange itself wanted it: the world is not told.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Hears of the outcome as well, before the world does; null for nobody.</summary>
    public Action<CommandOutcome, int, string>? Ended { get; init; }

    /// <summary>What commands keep of the call; made for the first one, for few calls have any.</summary>
    public CallControl Control => call.Control ??= new CallControl(call);

    /// <summary>The leg of a side that is in the call; null when there is none, or it goes.</summary>
    public Leg? LegOf(CallSide side) =>
        (side == CallSide.Caller ? call.Caller : call.Callee) is { IsOver: false } leg && leg.Call == call ? leg : null;

    /// <summary>
    /// Why nothing can be played to a side, and no key of it read; null when it can. A caller who waits for a program hears what is played before the answer too.
    /// </summary>
    public string? Unheard(CallSide side)
    {
        if (call.IsAnswered && call.IsWhole)
            return call.Model.Media is { Sound.CanRecord: true } ? null : "The sound of the call does not pass here";
        if (call.Control?.Wait is not { } wait)
            return "The call is not between two phones that talk, and waits for no program";
        if (side != CallSide.Caller)
            return "Only the caller is there";
        return call.IsAnswered ? call.Model.Media is { Sound.CanRecord: true } ? null : "The caller is not heard" : wait.OpenEarly();
    }

    public CommandReply Done() => Reply(CommandResult.Done);

    public CommandReply Begun() => Reply(CommandResult.Begun);

    public CommandReply Refused(string text) => Reply(CommandResult.Refused, text);

    public CommandReply Invalid(string text) => Reply(CommandResult.Invalid, text);

    public CommandReply Unavailable(string text) => Reply(CommandResult.Unavailable, text);

    /// <summary>Tells the world how a command went that was begun; once, what comes later is not told.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="status">The SIP status that decided it; 0 for none.</param>
    /// <param name="detail">For people and programs; never a secret, unless the command asked for it.</param>
    /// <param name="digits">What somebody typed, where the command asked for that; null otherwise.</param>
    public void End(CommandOutcome outcome, int status = 0, string detail = "", string? digits = null)
    {
        if (_isEnded)
            return;

        _isEnded = true;
        call.Control?.Forget(this);
        Ended?.Invoke(outcome, status, detail);
        if (!IsSilent)
            call.Model.Tell((snapshot, at) => new CallCommandEnded(snapshot, Id, _name, outcome, status, detail, at) { Digits = digits, Variables = Variables }, call.Now);
    }

    private CommandReply Reply(CommandResult result, string text = "")
    {
        if (result is CommandResult.Done or CommandResult.Begun)
            call.Control?.Wait?.Touch();
        return new(result, CallControl.StateOf(call), Id, text);
    }
}
