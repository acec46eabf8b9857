namespace Tandem.Calls.Routing;

/// <summary>Why a call would go where it would go.</summary>
/// <param name="Why">What was looked at, in order.</param>
/// <param name="Steps">What would be tried, in order.</param>
public sealed record RouteExplanation(IReadOnlyList<string> Why, IReadOnlyList<ExplainedStep> Steps);
