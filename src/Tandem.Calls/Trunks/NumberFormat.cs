namespace Tandem.Calls.Trunks;

/// <summary>How numbers are written toward a provider.</summary>
public enum NumberFormat
{
    /// <summary><c>+493012345</c>.</summary>
    E164,

    /// <summary><c>493012345</c>.</summary>
    Digits,

    /// <summary><c>00493012345</c>: the international prefix, then country code and number.</summary>
    International,

    /// <summary><c>03012345</c> inside the own country, else as <see cref="International"/>.</summary>
    National,

    /// <summary>What the caller dialled.</summary>
    Dialled,
}
