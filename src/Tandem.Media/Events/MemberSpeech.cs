using Tandem.Media.Mixing;

namespace Tandem.Media.Events;

/// <summary>A member of a mix began to speak or fell silent.</summary>
/// <param name="Member">Who.</param>
/// <param name="IsSpeaking">True at the beginning; false when the hangover ended.</param>
/// <param name="LevelDb">The level then, dB below full scale.</param>
public sealed record MemberSpeech(MemberId Member, bool IsSpeaking, double LevelDb) : MediaEvent;
