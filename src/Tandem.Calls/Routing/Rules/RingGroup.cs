namespace Tandem.Calls.Routing.Rules;

/// <summary>In which order the members of a group ring.</summary>
internal enum RingStrategy
{
    All,
    InTurn,
    Random,
    LongestIdle,
}

/// <summary>Extensions that ring for one destination. Immutable.</summary>
internal sealed record RingGroup(string Name, RingStrategy Strategy, IReadOnlyList<string> Members, TimeSpan RingTime, bool SkipBusy, Destination? Otherwise)
{
    private const int MostMembers = 64;

    /// <summary>The group, or null and what is wrong with it.</summary>
    public static (RingGroup? Group, string Problem) Read(GroupBody body)
    {
        if (!DestinationText.IsName(body.Name))
            return (null, "name: 1 to 64 letters, digits, dots, underlines and dashes are accepted");
        if (StrategyOf(body.Strategy) is not { } strategy)
            return (null, $"strategy: {body.Strategy} is not known; all, inTurn, random and longestIdle are accepted");
        if (body.Members.Count is 0 or > MostMembers || body.Members.Any(member => member is null || !DestinationText.IsDialled(member)) || body.Members.Distinct().Count() != body.Members.Count)
            return (null, $"members: 1 to {MostMembers} different numbers of extensions are accepted");
        if (body.RingSeconds is < 1 or > 600)
            return (null, "ringSeconds: 1 to 600 are accepted");

        Destination? otherwise = null;
        if (body.Otherwise is not null && !Destination.TryParse(body.Otherwise, out otherwise, out var problem))
            return (null, $"otherwise: {problem}");
        return (new RingGroup(body.Name, strategy, [.. body.Members], TimeSpan.FromSeconds(body.RingSeconds), body.SkipBusy, otherwise), "");
    }

    private static RingStrategy? StrategyOf(string text) => text switch
    {
        "all" => RingStrategy.All,
        "inTurn" => RingStrategy.InTurn,
        "random" => RingStrategy.Random,
        "longestIdle" => RingStrategy.LongestIdle,
        _ => null,
    };
}
