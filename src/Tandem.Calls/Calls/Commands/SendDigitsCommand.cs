namespace Tandem.Calls.Calls.Commands;

/// <summary>Sends keys to a side, as its phone takes them (RFC 4733 events, else tones).</summary>
/// <param name="Side">To whom.</param>
/// <param name="Digits">0 to 9, *, #, A to D; a comma is a pause of half a second; at most <see cref="MostDigits"/>.</param>
/// <param name="Milliseconds">How long each: 40 to 5000.</param>
public sealed record SendDigitsCommand(CallSide Side, string Digits, int Milliseconds) : CallCommand
{
    /// <summary>What the sender of a side takes at once.</summary>
    public const int MostDigits = 32;

    public override string Name => "dtmf";

    // Keys are often secrets.
    public override string ToString() => $"SendDigitsCommand {{ {Side} }}";

    internal override CommandReply Run(CommandContext context)
    {
        if (Digits.Length is 0 or > MostDigits || Digits.AsSpan().IndexOfAnyExcept("0123456789*#ABCD,") >= 0)
            return context.Invalid($"digits must be 1 to {MostDigits} of 0-9 * # A-D and the comma");
        if (Milliseconds is < 40 or > 5_000)
            return context.Invalid("milliseconds must be 40 to 5000");
        if (context.LegOf(Side) is null || context.Call.Model.Media is not { Sound.CanRecord: true } media)
            return context.Refused("There is nobody on that side who hears");

        media.Sound.SendDtmf(Side, Digits, Milliseconds);
        return context.Done();
    }
}
