namespace Tandem.Calls.Security.Toll;

/// <summary>The way out is shut.</summary>
/// <param name="Rule">What tripped.</param>
/// <param name="Text">For people: what happened.</param>
/// <param name="Since">When.</param>
/// <param name="Until">When it opens by itself; null: when somebody lifts it.</param>
public sealed record TollBlock(TollRule Rule, string Text, DateTimeOffset Since, DateTimeOffset? Until)
{
    /// <summary>Whether it still holds.</summary>
    public bool Holds(DateTimeOffset now) => Until is not { } until || now < until;
}
