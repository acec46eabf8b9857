namespace Tandem.Testing.Phones;

/// <summary>What an <see cref="EnginePhone"/> does and when, in seconds; null for never.</summary>
public sealed record PhonePlan
{
    /// <summary>The caller gives up that long after its INVITE.</summary>
    public double? CancelAfter { get; init; }

    /// <summary>The callee answers that long after the INVITE came.</summary>
    public double? AnswerAfter { get; init; }

    /// <summary>The callee says 486 instead.</summary>
    public bool Refuse { get; init; }

    /// <summary>The phone hangs up that long after the answer.</summary>
    public double? HangUpAfter { get; init; }

    /// <summary>The phone puts the other on hold that long after the answer.</summary>
    public double? HoldAfter { get; init; }

    /// <summary>The caller supports reliable provisional responses.</summary>
    public bool Reliable { get; init; }

    /// <summary>It asks for credentials whatever comes without (as a provider), in a dialog too.</summary>
    public bool Challenges { get; init; }

    /// <summary>A plan from a seed.</summary>
    public static PhonePlan Random(Random random, bool caller)
    {
        double? Maybe(double chance, double limit) => random.NextDouble() < chance ? random.NextDouble() * limit : null;
        return new PhonePlan
        {
            CancelAfter = caller ? Maybe(0.25, 8) : null,
            AnswerAfter = caller ? null : Maybe(0.85, 6),
            Refuse = !caller && random.NextDouble() < 0.1,
            HangUpAfter = Maybe(0.7, 60),
            HoldAfter = Maybe(0.2, 10),
            Reliable = random.NextDouble() < 0.3,
        };
    }
}
