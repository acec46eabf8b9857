namespace Tandem.Calls.Tenants;

/// <summary>A value that is not accepted.</summary>
/// <param name="Field">The field, as the API writes it.</param>
/// <param name="Accepted">What is accepted instead, for people.</param>
public sealed record FieldProblem(string Field, string Accepted);
