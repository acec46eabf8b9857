using Tandem.Calls.Routing.Rules;

namespace Tandem.Calls.Routing.Features;

/// <summary>
/// What the person of an extension, or its administrator, has set about its calls. What is left out is as if there were nothing. Destinations have
/// the text form of <see cref="Destination"/>; a bare number goes where a phone of the tenant would get with it.
/// </summary>
/// <remarks>The members can be set: what reads JSON would give those of <c>init</c> no default.</remarks>
public sealed record ExtensionFeatures
{
    public const int MostFollowMe = 8;

    private List<NumberPattern>? _allowed;

    /// <summary>Nobody rings here: callers hear busy, or go where <see cref="ForwardBusy"/> says.</summary>
    public bool DoNotDisturb { get; set; }

    /// <summary>All calls go there, without ringing here.</summary>
    public string? ForwardAlways { get; set; }

    /// <summary>Calls go there while this extension is busy or declines.</summary>
    public string? ForwardBusy { get; set; }

    /// <summary>Calls go there that nobody takes within <see cref="RingSeconds"/>.</summary>
    public string? ForwardNoAnswer { get; set; }

    /// <summary>Calls go there while no phone is registered or none says anything.</summary>
    public string? ForwardUnreachable { get; set; }

    /// <summary>How long it rings here before a call goes on, 1 to 600; 0 for what the installation says.</summary>
    public int RingSeconds { get; set; }

    /// <summary>Where a call that nobody takes goes on its way, one after the other, before <see cref="ForwardNoAnswer"/>.</summary>
    public IReadOnlyList<FollowMeBody> FollowMe { get; set; } = [];

    /// <summary>False: busy while in a call. Null: what the installation says.</summary>
    public bool? CallWaiting { get; set; }

    /// <summary>Calls at the same time; 0 for no limit.</summary>
    public int MaxCalls { get; set; }

    /// <summary>Patterns of what it may dial (<see cref="NumberPattern"/>); null for everything that its tenant may.</summary>
    public IReadOnlyList<string>? AllowedDestinations { get; set; }

    /// <summary>The number that providers show for its calls; null for that of the profile.</summary>
    public string? CallerId { get; set; }

    /// <summary>Its calls to outside show no number (RFC 3323).</summary>
    public bool HidesCallerId { get; set; }

    /// <summary>The rules that its calls are for; null for <see cref="RuleContexts.Inside"/>.</summary>
    public string? Context { get; set; }

    /// <summary>Who may pick up each other's calls; null for nobody's.</summary>
    public string? PickupGroup { get; set; }

    /// <summary>What is wrong, naming the member and what is accepted; null when nothing is.</summary>
    public string? Problem()
    {
        foreach (var (name, text) in Forwards())
        {
            if (text is not null && !Destination.TryParse(text, out _, out var problem))
                return $"{name}: {problem}";
        }

        if (RingSeconds is < 0 or > 600)
            return "ringSeconds: 0 to 600 are accepted";
        if (MaxCalls is < 0 or > 1_000)
            return "maxCalls: 0 to 1000 are accepted";
        if (FollowMe.Count > MostFollowMe)
            return $"followMe: up to {MostFollowMe} are accepted";
        foreach (var follow in FollowMe)
        {
            if (follow is null)
                return "followMe: each has to and ringSeconds";
            if (!Destination.TryParse(follow.To, out _, out var problem))
                return $"followMe: {problem}";
            if (follow.RingSeconds is < 1 or > 600)
                return "followMe: ringSeconds of 1 to 600 are accepted";
        }

        foreach (var pattern in AllowedDestinations ?? [])
        {
            if (!NumberPattern.TryParse(pattern, out _, out var problem))
                return $"allowedDestinations: {problem}";
        }

        if (AllowedDestinations is { Count: > 100 })
            return "allowedDestinations: up to 100 patterns are accepted";
        if (CallerId is { } caller && !DestinationText.IsDialled(caller))
            return "callerId: a number is accepted, as +442079460000";
        if (Context is { } context && !DestinationText.IsName(context))
            return "context: 1 to 64 letters, digits, dots, underlines and dashes are accepted";
        return PickupGroup is { } group && !DestinationText.IsName(group) ? "pickupGroup: 1 to 64 letters, digits, dots, underlines and dashes are accepted" : null;
    }

    /// <summary>True when nothing is set: the same as no features at all.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEmpty => !DoNotDisturb && Forwards().All(static forward => forward.Item2 is null) && RingSeconds == 0 && FollowMe.Count == 0 && CallWaiting is null
        && MaxCalls == 0 && AllowedDestinations is null && CallerId is null && !HidesCallerId && Context is null && PickupGroup is null;

    /// <summary>True when a number may be dialled.</summary>
    public bool Allows(string number)
    {
        if (AllowedDestinations is null)
            return true;

        _allowed ??= [.. AllowedDestinations.Select(static text => NumberPattern.TryParse(text, out var pattern, out _) ? pattern : null).OfType<NumberPattern>()];
        return _allowed.Exists(pattern => pattern.Matches(number));
    }

    private IEnumerable<(string, string?)> Forwards() =>
        [("forwardAlways", ForwardAlways), ("forwardBusy", ForwardBusy), ("forwardNoAnswer", ForwardNoAnswer), ("forwardUnreachable", ForwardUnreachable)];
}
