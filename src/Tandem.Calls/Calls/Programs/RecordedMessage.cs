namespace Tandem.Calls.Calls.Programs;

/// <summary>A message that was recorded. It lies among the tenant's recordings, encrypted like all of them.</summary>
/// <param name="Recording">The name of the recording.</param>
/// <param name="Length">How long the person spoke or was silent, without what ended it.</param>
/// <param name="Key">The key that ended it; null when it was time, silence or the end of the call.</param>
/// <param name="HasSpeech">False when nothing but silence was heard.</param>
public sealed record RecordedMessage(string Recording, TimeSpan Length, char? Key, bool HasSpeech);
