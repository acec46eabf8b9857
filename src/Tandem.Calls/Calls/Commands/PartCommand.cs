using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Parts the two sides of a conversation, so that each hears music and nobody hears the other, or brings them together again. The phones are told nothing.</summary>
/// <param name="On">True to part them.</param>
public sealed record PartCommand(bool On) : CallCommand
{
    public override string Name => On ? "unbridge" : "rejoin";

    internal override CommandReply Run(CommandContext context)
    {
        var call = context.Call;
        if (call is { IsAnswered: true, Callee: null, Person: { IsGone: false } })
            return context.Refused("Only the caller is there, with the exchange: nobody can be parted from them");
        if (!call.IsAnswered || !call.IsWhole || call.Model.Media is not { Sound.CanRecord: true } media)
            return context.Refused("The call is not between two phones that talk");

        var control = context.Control;
        if (control.Consultation is not null)
            return context.Refused("A consultation is under way");
        if (control.IsParted == On)
            return context.Refused(On ? "The two are parted already" : "The two are not parted");

        foreach (var side in new[] { CallSide.Caller, CallSide.Callee })
        {
            control.Sounds.Stop(side, media.Sound, "The two were parted");
            if (On)
                control.Music(side, media.Sound.Play(side, Prompt.Music(), "", isLoop: true));
            else if (control.TakeMusic(side) is var music and > 0)
                media.Sound.StopPlay(music);
            media.Sound.Mute(side, On || (side == CallSide.Caller ? control.CallerMuted : control.CalleeMuted));
        }

        control.IsParted = On;
        return context.Done();
    }
}
