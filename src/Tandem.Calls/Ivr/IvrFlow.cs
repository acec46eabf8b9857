using System.Collections.Frozen;

namespace Tandem.Calls.Ivr;

/// <summary>What callers are led through: steps that lead to each other. Immutable; a call in progress keeps the one that it began with.</summary>
/// <param name="Id">1 to 64 letters, digits, dots, underscores and dashes; the name in <c>ivr:main</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Start">The first step.</param>
/// <param name="Steps">All steps by their names.</param>
public sealed record IvrFlow(string Id, string Name, string Start, FrozenDictionary<string, IvrStep> Steps)
{
    /// <summary>The language of its prompts (RFC 5646); empty for that of the call.</summary>
    public string Language { get; init; } = "";

    /// <summary>The step for what fails; null for the apology of the installation and the end.</summary>
    public string? OnError { get; init; }

    /// <summary>Variables that it begins with; in a sub-flow only those that the caller's flow has not.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = FrozenDictionary<string, string>.Empty;
}
