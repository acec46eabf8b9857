namespace Tandem.Media.Mixing;

/// <summary>Where the sound of a member comes from: a side of a session, or a source. Owned by the loop of its mix.</summary>
internal interface IMixFeed
{
    /// <summary>Hertz of <see cref="Frame"/>.</summary>
    int Rate { get; }

    /// <summary>What the member says in this tick, 20 ms; empty when nothing. The same until the next tick.</summary>
    ReadOnlySpan<short> Frame { get; }

    /// <summary>True for what is heard as it is, however low: an announcement. False for people, whose silence is left out.</summary>
    bool IsSource { get; }
}
