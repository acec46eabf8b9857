namespace Tandem.Calls.Routing;

/// <summary>How plans are made and run. Each limit says unit, default and reason.</summary>
public sealed record RoutingOptions
{
    public static readonly RoutingOptions Default = new();

    /// <summary>How long a step rings for which nothing else is said, when there is another one behind it. Default 20 s: four or five rings, after which a caller expects something else.</summary>
    public TimeSpan StepRingTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long all steps together may ring. Default 180 s: what proxies on the way wait for a final response (RFC 3261 §16.6, timer C).</summary>
    public TimeSpan MaxRinging { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Steps of one plan. Default 32: more phones one after the other nobody waits for.</summary>
    public int MaxSteps { get; init; } = 32;

    /// <summary>How often a call is sent on. Default 10, the stations that Diversion and History-Info keep: what goes further goes in a circle.</summary>
    public int MaxForwards { get; init; } = 10;

    /// <summary>How long a webhook may take that is asked where a call goes. Default 3 s: the caller hears nothing meanwhile.</summary>
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a call at <c>api:NAME</c> waits for a program to say something before the next step is tried. Default 20 s: four or five rings.</summary>
    public TimeSpan ProgramWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The numbers of features.</summary>
    public FeatureCodes Codes { get; init; } = FeatureCodes.Default;
}
