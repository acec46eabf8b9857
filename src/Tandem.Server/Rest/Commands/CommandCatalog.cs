using System.Collections.Frozen;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Heard = Tandem.Calls.Calls.Programs.Prompt;

namespace Tandem.Server.Rest.Commands;

/// <summary>The words of commands and what they are made of. Who adds a command adds its row here and in docs/call-control.md.</summary>
internal static class CommandCatalog
{
    private const int DefaultKeyMilliseconds = 100;

    private static readonly FrozenDictionary<string, Func<CommandBody, CommandDraft>> Makers = new Dictionary<string, Func<CommandBody, CommandDraft>>
    {
        ["ring"] = _ => new CommandDraft(new RingCommand()),
        ["answer"] = _ => new CommandDraft(new AnswerCommand()),
        ["hold"] = body => OfLeg(body.Leg, "callee", side => new HoldCommand(side, true)),
        ["unhold"] = body => OfLeg(body.Leg, "callee", side => new HoldCommand(side, false)),
        ["mute"] = body => OfLeg(body.Leg, null, side => new MuteCommand(side, true)),
        ["unmute"] = body => OfLeg(body.Leg, null, side => new MuteCommand(side, false)),
        ["dtmf"] = body => OfLeg(body.Leg, null, side => new SendDigitsCommand(side, body.Digits ?? "", body.Milliseconds ?? DefaultKeyMilliseconds)),
        ["record"] = Record,
        ["transfer"] = Transfer,
        ["park"] = body => OfLeg(body.Leg, "caller", side => new ParkCommand(side, body.Slot ?? "")),
        ["bridge"] = Bridge,
        ["unbridge"] = _ => new CommandDraft(new PartCommand(true)),
        ["rejoin"] = _ => new CommandDraft(new PartCommand(false)),
        ["play"] = Play,
        ["say"] = Say,
        ["stop"] = body => OfLegs(body.Leg, side => new StopCommand(side)),
        ["collect"] = Collect,
        ["digits"] = body => new CommandDraft(new DigitsCommand(body.Of ?? "")),
        ["consult"] = Consult,
        ["complete"] = _ => new CommandDraft(new DecideCommand(ConsultStep.Complete)),
        ["cancel"] = _ => new CommandDraft(new DecideCommand(ConsultStep.Cancel)),
        ["swap"] = _ => new CommandDraft(new DecideCommand(ConsultStep.Swap)),
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

    private static CommandDraft OfLegs(string? word, Func<CallSide?, CallCommand> make) =>
        word is null or "both" ? new CommandDraft(make(null)) : OfLeg(word, null, side => make(side));

    private static CommandDraft Transfer(CommandBody body) => Destination.TryParse(body.To, out _, out var problem)
        ? OfLeg(body.Leg, "caller", side => new TransferCommand(side, body.To!))
        : new CommandDraft(new FieldProblem("to", problem));

    private static CommandDraft Play(CommandBody body) => Heard.TryParse(body.Play ?? [], out var prompt, out var problem)
        ? OfLegs(body.Leg, side => new PlayCommand(side, prompt, body.Loop, body.Language ?? ""))
        : new CommandDraft(new FieldProblem("play", problem));

    private static CommandDraft Say(CommandBody body) => body.Text is { Length: > 0 and <= 1_000 } text
        ? OfLegs(body.Leg, side => new PlayCommand(side, new Heard(new PromptPart.Speech(text)), false, body.Language ?? "", "say"))
        : new CommandDraft(new FieldProblem("text", "1 to 1000 characters"));

    private static CommandDraft Collect(CommandBody body) => (body.Terminator ?? "#") is { Length: <= 1 } key
        ? OfLeg(body.Leg, null, side => new CollectCommand(
            side, body.Max ?? CollectCommand.MostDigits, key.Length == 0 ? null : key[0], Seconds(body.FirstSeconds, 10), Seconds(body.BetweenSeconds, 5))
        { IsSecret = body.Secret })
        : new CommandDraft(new FieldProblem("terminator", "one key, or empty"));

    private static CommandDraft Consult(CommandBody body) => Destination.TryParse(body.To, out var to, out var problem)
        ? OfLeg(body.Leg, "callee", side => new ConsultCommand(side, to, to.AsNumber()))
        : new CommandDraft(new FieldProblem("to", problem));

    // What is out of bounds is refused by the command.
    private static TimeSpan Seconds(double? given, double otherwise) => TimeSpan.FromSeconds(Math.Clamp(given ?? otherwise, 0, 1_000));

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
