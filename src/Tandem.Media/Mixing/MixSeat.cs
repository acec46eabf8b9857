namespace Tandem.Media.Mixing;

/// <summary>How a member sits in a mix; each of these can be changed later.</summary>
public sealed record MixSeat
{
    /// <summary>Speaks and hears like everybody.</summary>
    public static readonly MixSeat Default = new();

    /// <summary>Nobody hears it. Default false.</summary>
    public bool IsMuted { get; init; }

    /// <summary>It hears nobody. Default false.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>How much louder the others hear it, dB, -60 to 30. Default 0.</summary>
    public double GainDb { get; init; }

    /// <summary>How much louder it hears the mix, dB, -60 to 30. Default 0.</summary>
    public double HearingGainDb { get; init; }

    /// <summary>Heard by every member for which the matrix has no entry. Default true; false for who listens, whispers, or announces to one.</summary>
    public bool IsHeardByAll { get; init; } = true;

    /// <summary>Hears every member for which the matrix has no entry. Default true.</summary>
    public bool HearsAll { get; init; } = true;
}
