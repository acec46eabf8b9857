namespace Tandem.Calls.Ports;

/// <summary>What is to be played. Plain data: the media may be on another machine.</summary>
public abstract record SoundRequest
{
    private SoundRequest()
    {
    }

    /// <summary>Prompts of the tenant, or else of the built-in set, one after the other.</summary>
    public sealed record Prompts(IReadOnlyList<string> Names) : SoundRequest;

    /// <summary>A call progress tone (ITU-T E.180), until it is stopped.</summary>
    /// <param name="Name"><c>ringback</c>, <c>busy</c>, <c>congestion</c>, <c>dial</c>.</param>
    /// <param name="Country">ISO 3166 code; empty for the tenant's.</param>
    public sealed record Tone(string Name, string Country = "") : SoundRequest;

    /// <summary>Music on hold, until it is stopped; empty for the tenant's own.</summary>
    public sealed record Music(string List = "") : SoundRequest;

    /// <summary>Text spoken by the speech tool of the installation.</summary>
    public sealed record Say(string Text) : SoundRequest;
}
