using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>A call that is not placed: where would it go?</summary>
/// <param name="Tenant">Whose call.</param>
/// <param name="From">The number that calls.</param>
/// <param name="To">The number that is dialled, a number of the tenant for a call of a provider, or a destination.</param>
/// <param name="At">When.</param>
/// <param name="Trunk">The id of the profile that it comes by; empty for a call of a phone.</param>
/// <param name="Headers">Header fields of its INVITE; null for none.</param>
public sealed record RouteInquiry(TenantId Tenant, string From, string To, DateTimeOffset At, string Trunk = "", IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>Why a call would go where it would go.</summary>
/// <param name="Why">What was looked at, in order.</param>
/// <param name="Steps">What would be tried, in order.</param>
public sealed record RouteExplanation(IReadOnlyList<string> Why, IReadOnlyList<ExplainedStep> Steps);

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
