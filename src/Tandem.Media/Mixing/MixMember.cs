using Tandem.Media.Audio;

namespace Tandem.Media.Mixing;

/// <summary>One member of a mix. Owned by the loop of the mix.</summary>
internal sealed class MixMember(MemberId id, IMixFeed feed, MixSeat seat)
{
    // Detectors live in fields: a property would hand out copies.
    public SpeechDetector Speech;

    public MemberId Id => id;

    public IMixFeed Feed => feed;

    public bool IsMuted { get; set; } = seat.IsMuted;

    public bool IsDeaf { get; set; } = seat.IsDeaf;

    public int Gain { get; set; } = SampleMath.GainOf(seat.GainDb);

    public int HearingGain { get; set; } = SampleMath.GainOf(seat.HearingGainDb);

    public bool IsHeardByAll { get; set; } = seat.IsHeardByAll;

    public bool HearsAll { get; set; } = seat.HearsAll;

    /// <summary>Whom it hears otherwise than by default.</summary>
    public List<MixRoute> Routes { get; } = [];

    /// <summary>Who has an entry for this member.</summary>
    public List<MixMember> Listeners { get; } = [];

    /// <summary>What it adds in this tick, at the rate of the mix, its gain applied; valid while <see cref="IsHeard"/>.</summary>
    public short[] Contribution { get; set; } = [];

    /// <summary>It adds something in this tick.</summary>
    public bool IsHeard { get; set; }

    /// <summary>From the rate of its feed to that of the mix.</summary>
    public RateConverter ToMix { get; } = new();

    /// <summary>Its place in the list of the mix; -1 when it is in none.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The default of the matrix from <paramref name="from"/> to this member.</summary>
    public bool HearsByDefault(MixMember from) => HearsAll && from.IsHeardByAll && !ReferenceEquals(from, this);

    public int RouteIndex(MixMember from)
    {
        for (var i = 0; i < Routes.Count; i++)
        {
            if (ReferenceEquals(Routes[i].From, from))
                return i;
        }

        return -1;
    }
}
