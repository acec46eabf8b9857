namespace Tandem.Calls.Trunks;

/// <summary>Which profiles carry a call to outside, in which order. Pure but for the random numbers that it is given.</summary>
public static class TrunkSelection
{
    /// <summary>
    /// The profiles that know what to do with the number: those that work first (then those that failed, for a call may work where a
    /// registration did not), lower priorities first, and among equals at random by weight, as RFC 2782 has it. A profile that is disabled, or
    /// whose provider does not answer OPTIONS, is none.
    /// </summary>
    /// <param name="profiles">The profiles of the tenant.</param>
    /// <param name="called">What was dialled.</param>
    /// <param name="stateOf">How a profile stands; null for not known.</param>
    /// <param name="limit">The most that are tried.</param>
    /// <param name="random">For the weights.</param>
    public static IReadOnlyList<TrunkRoute> Of(IReadOnlyList<SipProfile> profiles, string called, Func<ProfileId, ProfileState?> stateOf, int limit, Random random)
    {
        if (profiles.Count == 0)
            return [];

        var candidates = new List<Candidate>(profiles.Count);
        foreach (var profile in profiles)
        {
            if (!profile.Enabled || !profile.Numbers.TryReadDialled(called, out var number))
                continue;

            var state = stateOf(profile.Id);
            if (state is { IsReachable: false } or { Status: ProfileStatus.Disabled })
                continue;

            // The exponential of a weight w is the smallest with a chance in proportion to w; those without a weight come last.
            var turn = profile.Weight > 0 ? -Math.Log(1 - random.NextDouble()) / profile.Weight : double.MaxValue;
            candidates.Add(new Candidate(new TrunkRoute(profile, number), state is not { IsUsable: true }, turn));
        }

        candidates.Sort(static (a, b) =>
        {
            var byState = a.IsDoubtful.CompareTo(b.IsDoubtful);
            if (byState != 0)
                return byState;

            var byPriority = a.Route.Profile.Priority.CompareTo(b.Route.Profile.Priority);
            return byPriority != 0 ? byPriority : a.Turn.CompareTo(b.Turn);
        });
        var routes = new List<TrunkRoute>(Math.Min(limit, candidates.Count));
        for (var i = 0; i < candidates.Count && i < limit; i++)
            routes.Add(candidates[i].Route);
        return routes;
    }

    private readonly record struct Candidate(TrunkRoute Route, bool IsDoubtful, double Turn);
}
