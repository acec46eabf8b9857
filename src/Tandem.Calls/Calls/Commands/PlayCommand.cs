using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Plays something to one side of a conversation, or to both, instead of what they hear. It ends by itself, by <see cref="StopCommand"/>, or when something else is played.</summary>
/// <param name="Side">To whom; null for both.</param>
/// <param name="Prompt">What.</param>
/// <param name="IsLoop">Over and over, until it is stopped; one sound, tone or list of music can be.</param>
/// <param name="Language">Of words and numbers (RFC 5646); empty for that of the installation.</param>
/// <param name="Word"><c>play</c> or <c>say</c>.</param>
public sealed record PlayCommand(CallSide? Side, Prompt Prompt, bool IsLoop, string Language, string Word = "play") : CallCommand
{
    public override string Name => Word;

    internal override CommandReply Run(CommandContext context)
    {
        var call = context.Call;
        if (IsLoop && !Prompt.MayLoop)
            return context.Invalid("one sound, tone or list of music can be played over and over");
        if (context.Unheard(Side ?? CallSide.Caller) is { } unheard)
            return context.Refused(unheard);
        if (!call.IsWhole && call.Control?.FindHold(CallSide.Caller) is { IsWanted: true })
            return context.Refused("The caller is on hold, and hears music");
        if (context.Call.Control is { IsParted: true } or { Consultation: not null })
            return context.Refused("The two are parted, and hear music");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        var media = call.Model.Media!;
        var first = Side ?? CallSide.Caller;
        context.Control.Sounds.Begin(context, first, media.Sound.Play(first, Prompt, Language, IsLoop));
        if (Side is null && call.IsWhole)
            context.Control.Sounds.Begin(context, CallSide.Callee, media.Sound.Play(CallSide.Callee, Prompt, Language, IsLoop));
        return context.Begun();
    }
}
