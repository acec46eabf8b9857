namespace Tandem.Media.Events;

/// <summary>A side began to speak or fell silent.</summary>
/// <param name="Side">Who.</param>
/// <param name="IsSpeaking">True at the beginning; false when the hangover ended.</param>
/// <param name="LevelDb">The level then, dB below full scale (0 is the loudest).</param>
public sealed record SpeechChanged(MediaSide Side, bool IsSpeaking, double LevelDb) : MediaEvent;
