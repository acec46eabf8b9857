namespace Tandem.Testing.Network;

/// <summary>What the network does to datagrams. The default is a perfect one with one millisecond of delay.</summary>
public sealed record NetworkConditions
{
    public static readonly NetworkConditions Perfect = new();

    /// <summary>Datagrams that vanish, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Datagrams that arrive twice, 0 to 1.</summary>
    public double Duplication { get; init; }

    /// <summary>The least delay, milliseconds.</summary>
    public int Delay { get; init; } = 1;

    /// <summary>Random delay on top, milliseconds: 0 keeps the order.</summary>
    public int Jitter { get; init; }
}
