namespace Tandem.Calls.Routing.Rules;

/// <summary>Something of a configuration that is not right.</summary>
/// <param name="Where">Which member, as <c>rules[3].actions[0].to</c> or <c>groups[sales].members</c>.</param>
/// <param name="Text">What is wrong, and what is accepted.</param>
/// <param name="IsFatal">It cannot be saved so; else it can, and does not do what it looks like.</param>
public sealed record RoutingProblem(string Where, string Text, bool IsFatal);
