namespace Tandem.Calls.Calls;

/// <summary>Both sides are told that they are recorded.</summary>
/// <param name="play">The playback toward the caller.</param>
internal sealed class CallConsent(int play)
{
    public int Play => play;

    /// <summary>When it had been played; null until then.</summary>
    public DateTimeOffset? HeardAt { get; set; }
}
