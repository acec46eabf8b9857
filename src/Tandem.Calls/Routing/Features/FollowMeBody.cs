namespace Tandem.Calls.Routing.Features;

/// <summary>A place where somebody may be.</summary>
public sealed record FollowMeBody
{
    public string To { get; set; } = "";

    public int RingSeconds { get; set; } = 20;
}
