using Tandem.Media.Mixing;

namespace Tandem.Media.Events;

/// <summary>Who speaks in a mix, and how loud. At most once in <see cref="MixOptions.SpeakersInterval"/>, and once more when all are silent.</summary>
/// <param name="Speakers">The loudest first, at most <see cref="MixOptions.MaxSpeakers"/>; empty when all are silent.</param>
public sealed record SpeakersChanged(IReadOnlyList<MemberLevel> Speakers) : MediaEvent;
