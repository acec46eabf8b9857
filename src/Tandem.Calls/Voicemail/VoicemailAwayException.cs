namespace Tandem.Calls.Voicemail;

/// <summary>Boxes and messages cannot be read or written just now: the caller is told so, and his call does not fail of it.</summary>
public sealed class VoicemailAwayException(Exception cause) : Exception("the voicemail cannot be reached", cause);
