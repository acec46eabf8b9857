namespace Tandem.Calls.Calls.Commands;

/// <summary>Reads keys that a side of a conversation presses; the event of the command has them. The other phone hears them as it always does.</summary>
/// <param name="Side">Who types.</param>
/// <param name="Max">As many end it: 1 to <see cref="MostDigits"/>.</param>
/// <param name="Terminator">The key that ends it before; null for none. It is not part of the digits.</param>
/// <param name="First">How long the first key is waited for: 1 to 120 s.</param>
/// <param name="Between">How long each further one: 1 to 60 s.</param>
public sealed record CollectCommand(CallSide Side, int Max, char? Terminator, TimeSpan First, TimeSpan Between) : CallCommand
{
    /// <summary>The most digits of one reading.</summary>
    public const int MostDigits = 64;

    /// <summary>What is typed is a secret: nothing shows it, and who asked takes it once with <see cref="DigitsCommand"/>.</summary>
    public bool IsSecret { get; init; }

    public override string Name => "collect";

    internal override CommandReply Run(CommandContext context)
    {
        if (Max is < 1 or > MostDigits)
            return context.Invalid($"max must be 1 to {MostDigits}");
        if (Terminator is { } key && "0123456789*#ABCD".IndexOf(key, StringComparison.Ordinal) < 0)
            return context.Invalid("terminator must be a key");
        if (First < TimeSpan.FromSeconds(1) || First > TimeSpan.FromSeconds(120) || Between < TimeSpan.FromSeconds(1) || Between > TimeSpan.FromSeconds(60))
            return context.Invalid("firstSeconds must be 1 to 120, betweenSeconds 1 to 60");
        if (context.Unheard(Side) is { } unheard)
            return context.Refused(unheard);
        if (context.Control.IsCollecting(Side))
            return context.Refused("Keys of that side are read already");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        context.Control.Collect(Side, new DigitCollection(context, this));
        return context.Begun();
    }
}
