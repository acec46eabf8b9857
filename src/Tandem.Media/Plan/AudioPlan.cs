using Tandem.Media.Codecs;

namespace Tandem.Media.Plan;

/// <summary>What one side of an audio line speaks, for the path that decodes. Immutable.</summary>
/// <param name="Receives">What may come from the side, by payload type, its first choice first. Empty when we read none of it.</param>
/// <param name="Sends">What we send to it; null when we can write nothing that it takes.</param>
/// <param name="EventsIn">Payload types of telephone-event (RFC 4733) that may come.</param>
/// <param name="EventOut">The payload type of telephone-event with the clock rate of <paramref name="Sends"/>, or of another one when the side takes no such; -1 when the side takes none: then DTMF goes as tones or INFO.</param>
/// <param name="ComfortNoiseIn">Payload type of CN (RFC 3389) at 8 kHz; -1 when not agreed.</param>
/// <param name="RedundancyIn">Payload type of <c>red</c> (RFC 2198); -1 when not agreed.</param>
/// <param name="PacketMilliseconds">The time of one packet that we send, ms: the side's <c>a=ptime</c> within its <c>a=maxptime</c>; 20 without.</param>
public sealed record AudioPlan(
    IReadOnlyList<PayloadFormat> Receives,
    PayloadFormat? Sends,
    IReadOnlyList<int> EventsIn,
    int EventOut = -1,
    int ComfortNoiseIn = -1,
    int RedundancyIn = -1,
    int PacketMilliseconds = 20);
