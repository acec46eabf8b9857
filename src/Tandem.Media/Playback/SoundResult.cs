using System.Diagnostics.CodeAnalysis;
using Tandem.Media.Audio;

namespace Tandem.Media.Playback;

/// <summary>A source to play, or why there is none.</summary>
/// <param name="Source">Whoever plays it disposes it; null when there is none.</param>
/// <param name="Error">The reason, for people; empty when there is a source.</param>
public readonly record struct SoundResult(IAudioSource? Source, string Error)
{
    /// <summary>True when there is a source.</summary>
    [MemberNotNullWhen(true, nameof(Source))]
    public bool IsGood => Source is not null;

    /// <summary>A source that is there.</summary>
    public static SoundResult Good(IAudioSource source) => new(source, "");

    internal static SoundResult Bad(string error) => new(null, error);
}
