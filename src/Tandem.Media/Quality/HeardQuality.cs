namespace Tandem.Media.Quality;

/// <summary>
/// What the receiver of a direction reports about it (RFC 3550 §6.4). Of packets that are relayed it counts from the sender on, of what we
/// write it counts from us on.
/// </summary>
/// <param name="LossFraction">The mean of what its reports say, 0 to 1.</param>
/// <param name="JitterMilliseconds">Of its last report; null while the clock rate is unknown.</param>
/// <param name="Mos">The mean opinion score with that loss, half the round trip of its leg and a nominal jitter buffer; null without a codec that we know.</param>
public readonly record struct HeardQuality(double LossFraction, double? JitterMilliseconds, double? Mos);
