namespace Tandem.Calls.Ivr;

/// <summary>Every limit of menus. Unit, default and reason at each.</summary>
public sealed record IvrOptions
{
    public static readonly IvrOptions Default = new();

    /// <summary>Steps of one run, sub-flows included. Default 500: no caller walks so many; a loop does.</summary>
    public int MaxSteps { get; init; } = 500;

    /// <summary>The longest run, up to a transfer. Default 30 min: who is served longer waits in a queue.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Wrong and missing inputs of one run, over all its steps. Default 20: then nobody is there, or no person.</summary>
    public int MaxMistakes { get; init; } = 20;

    /// <summary>How deep flows may lie in flows. Default 5.</summary>
    public int MaxDepth { get; init; } = 5;

    /// <summary>Flows that a tenant may keep. Default 200.</summary>
    public int MaxFlows { get; init; } = 200;

    /// <summary>The longest document, bytes. Default 256 KiB: some thousand steps.</summary>
    public int MaxDocumentBytes { get; init; } = 256 << 10;

    /// <summary>Steps of one flow. Default 500.</summary>
    public int MaxFlowSteps { get; init; } = 500;

    /// <summary>How long a pattern may look at what a caller typed. Default 50 ms: a pattern that needs more was made to hang.</summary>
    public TimeSpan PatternTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that a web service is waited for, whatever a step asks. Default 10 s: a caller hears nothing meanwhile but music.</summary>
    public TimeSpan MaxWebTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest answer of a web service, bytes. Default 64 KiB.</summary>
    public int MaxWebBytes { get; init; } = 64 << 10;

    /// <summary>Requests to web services at the same time, of all calls. Default 100; more fail at once.</summary>
    public int MaxWebRequests { get; init; } = 100;

    /// <summary>What a caller hears when a flow fails. Default <c>cannot-complete</c>.</summary>
    public string Apology { get; init; } = "cannot-complete";

    /// <summary>What a caller hears who gave no usable input, before the end. Default <c>goodbye</c>.</summary>
    public string Goodbye { get; init; } = "goodbye";
}
