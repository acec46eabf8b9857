namespace Tandem.Calls.Ivr;

/// <summary>What menus need from outside. Shared by the shards, thread-safe.</summary>
public sealed record IvrServices
{
    /// <summary>The flows.</summary>
    public required IIvrFlows Flows { get; init; }

    /// <summary>The way to web services; null for none: then every request fails.</summary>
    public IIvrWeb? Web { get; init; }

    public IvrOptions Options { get; init; } = IvrOptions.Default;

    public IvrCounters Counters { get; init; } = new();
}
