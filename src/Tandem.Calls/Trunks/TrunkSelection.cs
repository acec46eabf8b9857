namespace Tandem.Calls.Trunks;

/// <summary>Which profiles carry a call to outside, in which order. Pure but for the random numbers that it is given.</summary>
public static class TrunkSelection
{
    /// <summary>
    /// The profiles that know what to do with the number: those that work first (then those that failed, for a call may work where a
    /// registration did not), lower priorities first, and among equals at random by weight, as RFC 2782 has it. A profile that is disabled, or
    /// whose provider does not answer OPTIONS, is none; but for a number for help the latter are tried when all others have failed.
    /// </summary>
    /// <param name="profiles">The profiles of the tenant.</param>
    /// <param name="called">What was dialled.</param>
    /// <param name="stateOf">How a profile stands; null for not known.</param>
    /// <param name="limit">The most that are tried.</param>
    /// <param name="random">For the weights.</param>
    /// <param name="isForHelp">The number is one for help: a provider that is silent is better than nobody.</param>
    public static IReadOnlyList<TrunkRoute> Of(
        IReadOnlyList<SipProfile> profiles, string called, Func<ProfileId, ProfileState?> stateOf, int limit, Random random, bool isForHelp = false)
    {
        if (profiles.Count == 0)
            return [];

        var candidates = new List<Candidate>(profiles.Count);
        foreach (var profile in profiles)
        {
            if (!profile.Enabled || !profile.Numbers.TryReadDialled(called, out var number))
                continue;

            var state = stateOf(profile.Id);
            var isSilent = state is { IsReachable: false };
            if (state is { Status: ProfileStatus.Disabled } || (isSilent && !isForHelp))
                continue;

            // The exponential of a weight w is the smallest with a chance in proportion to w; those without a weight come last.
            var turn = profile.Weight > 0 ? -Math.Log(1 - random.NextDouble()) / profile.Weight : double.MaxValue;
            candidates.Add(new Candidate(new TrunkRoute(profile, number), isSilent ? 2 : state is { IsUsable: true } ? 0 : 1, turn));
        }

        candidates.Sort(static (a, b) =>
        {
            var byState = a.Doubt.CompareTo(b.Doubt);
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

    // Doubt: 0 for a profile that works, 1 for one that failed, 2 for one whose provider is silent.
    private readonly record struct Candidate(TrunkRoute Route, int Doubt, double Turn);
}
