namespace Tandem.Calls.Calls.Commands;

/// <summary>Nobody hears a side, its recording neither, until it is unmuted. The phone is not asked and shows nothing.</summary>
/// <param name="Side">Whose voice.</param>
/// <param name="On">False to let it be heard again.</param>
public sealed record MuteCommand(CallSide Side, bool On) : CallCommand
{
    public override string Name => On ? "mute" : "unmute";

    internal override CommandReply Run(CommandContext context)
    {
        if (!context.Call.IsAnswered || context.LegOf(Side) is null || context.Call.Model.Media is not { } media)
            return context.Refused("There is nobody on that side who is heard");

        var control = context.Control;
        if ((Side == CallSide.Caller ? control.CallerMuted : control.CalleeMuted) == On)
            return context.Refused(On ? "That side is muted already" : "That side is not muted");

        control.Mute(Side, On);
        if (!control.IsParted)
            media.Sound.Mute(Side, On);
        return context.Done();
    }
}
