using Tandem.Calls.Calls;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>The columns of <c>cdrs</c> that tell of one direction; their names begin with the side that it comes from.</summary>
internal sealed class MediaRow
{
    // Microseconds of a millisecond, thousandths of a point of MOS.
    private const double Thousand = 1_000;

    // Parts per million of a percent.
    private const double PpmOfPercent = 10_000;

    public long Packets { get; set; }

    public long Bytes { get; set; }

    public long Lost { get; set; }

    public long JitterUs { get; set; }

    public long? LastSeenAt { get; set; }

    public string Codec { get; set; } = "";

    public long MaxJitterUs { get; set; }

    public long? RoundTripUs { get; set; }

    public long? MosMilli { get; set; }

    public long? HeardLossPpm { get; set; }

    public long? HeardJitterUs { get; set; }

    public long? HeardMosMilli { get; set; }

    /// <summary>The columns of a side, separated by commas, in the order of <see cref="Bind"/>.</summary>
    public static string Columns(string side) => string.Join(
        ", ",
        new[]
        {
            "packets", "bytes", "lost", "jitter_us", "last_seen_at", "codec", "max_jitter_us", "round_trip_us", "mos_milli", "heard_loss_ppm", "heard_jitter_us", "heard_mos_milli",
        }.Select(name => $"{side}_{name}"));

    public static MediaRow From(DirectionStatistics counted) => new()
    {
        Packets = counted.Packets,
        Bytes = counted.Bytes,
        Lost = counted.Lost,
        JitterUs = Scaled(counted.JitterMilliseconds, Thousand),
        LastSeenAt = counted.LastSeen.ToStored(),
        Codec = StoredText.Clean(counted.Codec),
        MaxJitterUs = Scaled(counted.MaxJitterMilliseconds, Thousand),
        RoundTripUs = Scaled(counted.RoundTripMilliseconds, Thousand),
        MosMilli = Scaled(counted.Mos, Thousand),
        HeardLossPpm = Scaled(counted.HeardLossPercent, PpmOfPercent),
        HeardJitterUs = Scaled(counted.HeardJitterMilliseconds, Thousand),
        HeardMosMilli = Scaled(counted.HeardMos, Thousand),
    };

    public DirectionStatistics ToStatistics() => new(Packets, Bytes, Lost, JitterUs / Thousand, LastSeenAt.ToTime())
    {
        Codec = Codec,
        MaxJitterMilliseconds = MaxJitterUs / Thousand,
        RoundTripMilliseconds = RoundTripUs / Thousand,
        Mos = MosMilli / Thousand,
        HeardLossPercent = HeardLossPpm / PpmOfPercent,
        HeardJitterMilliseconds = HeardJitterUs / Thousand,
        HeardMos = HeardMosMilli / Thousand,
    };

    /// <param name="names">The names of the parameters: the columns of the side.</param>
    public void Bind(ref RowParameters parameters, ReadOnlySpan<string> names)
    {
        parameters.Add(names[0], Packets);
        parameters.Add(names[1], Bytes);
        parameters.Add(names[2], Lost);
        parameters.Add(names[3], JitterUs);
        parameters.Add(names[4], LastSeenAt);
        parameters.Add(names[5], Codec);
        parameters.Add(names[6], MaxJitterUs);
        parameters.Add(names[7], RoundTripUs);
        parameters.Add(names[8], MosMilli);
        parameters.Add(names[9], HeardLossPpm);
        parameters.Add(names[10], HeardJitterUs);
        parameters.Add(names[11], HeardMosMilli);
    }

    private static long Scaled(double value, double unit) => double.IsFinite(value) ? (long)Math.Clamp(Math.Round(value * unit), 0, 1e15) : 0;

    private static long? Scaled(double? value, double unit) => value is { } known && double.IsFinite(known) ? Scaled(known, unit) : null;
}
