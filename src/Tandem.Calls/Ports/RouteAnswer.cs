namespace Tandem.Calls.Ports;

/// <summary>What a webhook said.</summary>
/// <param name="Steps">Destinations in their text form, and how long each rings in seconds (0: as always); none for no answer.</param>
/// <param name="Problem">Why there is no answer; empty when there is one.</param>
public sealed record RouteAnswer(IReadOnlyList<(string To, int RingSeconds)> Steps, string Problem = "");
