using Tandem.Calls.Calls;

namespace Tandem.Server.Rest;

/// <summary>One direction of an ended call: what came from a side, and how well it went on to the other. Times in milliseconds; null: unknown.</summary>
/// <param name="Codec">The encoding name of the sound that came last; empty when unknown.</param>
/// <param name="Bytes">Bytes of the packets, RTP header included.</param>
/// <param name="Lost">Packets lost before they reached us.</param>
/// <param name="LossPercent">The same of those that were sent, 0 to 100.</param>
/// <param name="RoundTrip">From us to the sender and back.</param>
/// <param name="Mos">Of what reached us, 1 to 4.5 (ITU-T G.107).</param>
/// <param name="HeardLossPercent">What the receiver reported to miss.</param>
/// <param name="HeardJitter">The jitter that it reported last.</param>
/// <param name="HeardMos">Of what the receiver heard.</param>
public sealed record CallMedia(
    string Codec, long Packets, long Bytes, long Lost, double LossPercent, double Jitter, double MaxJitter, double? RoundTrip, double? Mos,
    double? HeardLossPercent, double? HeardJitter, double? HeardMos)
{
    internal static CallMedia From(DirectionStatistics counted) => new(
        counted.Codec, counted.Packets, counted.Bytes, counted.Lost, QualityText.Figure(counted.LossPercent), QualityText.Figure(counted.JitterMilliseconds),
        QualityText.Figure(counted.MaxJitterMilliseconds), QualityText.Figure(counted.RoundTripMilliseconds), QualityText.Score(counted.Mos),
        QualityText.Figure(counted.HeardLossPercent), QualityText.Figure(counted.HeardJitterMilliseconds), QualityText.Score(counted.HeardMos));
}

/// <summary>Figures with as many digits as they are good for.</summary>
internal static class QualityText
{
    /// <summary>Milliseconds and percent.</summary>
    public static double Figure(double value) => Math.Round(value, 3);

    /// <inheritdoc cref="Figure(double)"/>
    public static double? Figure(double? value) => value is { } known ? Figure(known) : null;

    public static double? Score(double? mos) => mos is { } known ? Math.Round(known, 2) : null;
}
