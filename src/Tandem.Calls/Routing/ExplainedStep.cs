namespace Tandem.Calls.Routing;

/// <summary>One step of a plan.</summary>
/// <param name="Target">What it is for; null for the number itself.</param>
/// <param name="Does">What would be done.</param>
/// <param name="RingSeconds">How long; 0 for as long as calls ring.</param>
/// <param name="ForwardedBy">The extension that sent the call there; empty for none.</param>
/// <param name="Toll">What the toll guard says to it; null when it lets it go, or is not asked.</param>
/// <param name="OnBusy">What would be tried next when this is busy.</param>
/// <param name="OnNoAnswer">What would be tried next when nobody answers.</param>
/// <param name="OnUnreachable">What would be tried next when it cannot be reached.</param>
public sealed record ExplainedStep(
    string? Target, string Does, int RingSeconds, string ForwardedBy, string? Toll,
    IReadOnlyList<ExplainedStep>? OnBusy, IReadOnlyList<ExplainedStep>? OnNoAnswer, IReadOnlyList<ExplainedStep>? OnUnreachable);
