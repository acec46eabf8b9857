namespace Tandem.Calls.Ivr;

/// <summary>A step that is over.</summary>
/// <param name="Flow">Of which flow.</param>
/// <param name="Step">Its name.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Input">What the caller typed; stars for a secret; empty for nothing.</param>
/// <param name="Next">Where it goes on; null for the end of the flow.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Detail">More, for people; why it failed.</param>
public sealed record IvrStepReport(string Flow, string Step, string Kind, IvrStepResult Result, string Input, string? Next, TimeSpan Took, string Detail = "");
