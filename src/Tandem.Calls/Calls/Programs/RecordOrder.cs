namespace Tandem.Calls.Calls.Programs;

/// <summary>A message that a person is to leave.</summary>
public sealed record RecordOrder
{
    /// <summary>The longest message. Default 3 min.</summary>
    public TimeSpan MaxLength { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>As long a silence ends it; zero for never. Default 5 s.</summary>
    public TimeSpan SilenceEnd { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Keys that end it. Default #.</summary>
    public string Terminators { get; init; } = "#";

    /// <summary>Played before it begins; null for nothing. Default a beep.</summary>
    public Prompt? Signal { get; init; } = Prompt.Beep;
}
