using System.Collections.Frozen;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest.Commands;

/// <summary>The words of commands and what they are made of. Who adds a command adds its row here and in docs/call-control.md.</summary>
internal static class CommandCatalog
{
    private const int DefaultKeyMilliseconds = 100;

    private static readonly FrozenDictionary<string, Func<CommandBody, CommandDraft>> Makers = new Dictionary<string, Func<CommandBody, CommandDraft>>
    {
        ["hold"] = body => OfLeg(body.Leg, "callee", side => new HoldCommand(side, true)),
        ["unhold"] = body => OfLeg(body.Leg, "callee", side => new HoldCommand(side, false)),
        ["mute"] = body => OfLeg(body.Leg, null, side => new MuteCommand(side, true)),
        ["unmute"] = body => OfLeg(body.Leg, null, side => new MuteCommand(side, false)),
        ["dtmf"] = body => OfLeg(body.Leg, null, side => new SendDigitsCommand(side, body.Digits ?? "", body.Milliseconds ?? DefaultKeyMilliseconds)),
        ["record"] = Record,
        ["transfer"] = body => OfLeg(body.Leg, "caller", side => new TransferCommand(side, body.To ?? "")),
        ["bridge"] = Bridge,
        ["hangup"] = body => new CommandDraft(new HangUpCommand(body.Cause ?? Cause.NormalClearing)),
    }.ToFrozenDictionary();

    /// <summary>The words, for people.</summary>
    public static string Words { get; } = string.Join(", ", Makers.Keys.Order(StringComparer.Ordinal));

    /// <summary>The command that a body describes, or the field that is wrong.</summary>
    public static CommandDraft Make(CommandBody body) =>
        body.Command is { } word && Makers.TryGetValue(word, out var make) ? make(body) : new CommandDraft(new FieldProblem("command", "one of " + Words));

    private static CommandDraft OfLeg(string? word, string? otherwise, Func<CallSide, CallCommand> make, string field = "leg") => (word ?? otherwise) switch
    {
        "caller" => new CommandDraft(make(CallSide.Caller)),
        "callee" => new CommandDraft(make(CallSide.Callee)),
        _ => new CommandDraft(new FieldProblem(field, "caller or callee")),
    };

    private static CommandDraft Bridge(CommandBody body) => body.With is not { Length: > 0 } other
        ? new CommandDraft(new FieldProblem("with", "the id of another call"))
        : OfLeg(body.Leg, "caller", kept => new BridgeCommand(kept, new CallId(other), CallSide.Callee)) is { Command: BridgeCommand bridge }
            ? OfLeg(body.WithLeg, "callee", otherKept => bridge with { OtherKept = otherKept }, "withLeg")
            : new CommandDraft(new FieldProblem("leg", "caller or callee"));

    private static CommandDraft Record(CommandBody body) => body.Action switch
    {
        "start" => new CommandDraft(new RecordCommand(RecordingAction.Start)),
        "stop" => new CommandDraft(new RecordCommand(RecordingAction.Stop)),
        "pause" => new CommandDraft(new RecordCommand(RecordingAction.Pause)),
        "resume" => new CommandDraft(new RecordCommand(RecordingAction.Resume)),
        "mask" => new CommandDraft(new RecordCommand(RecordingAction.Mask)),
        "unmask" => new CommandDraft(new RecordCommand(RecordingAction.Unmask)),
        _ => new CommandDraft(new FieldProblem("action", "start, stop, pause, resume, mask or unmask")),
    };
}
