using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls;

/// <summary>What became of a wish to hear a call from outside.</summary>
/// <param name="Fork">Its sound; null while there is none yet.</param>
public sealed record ForkReply(ISoundFork? Fork);
