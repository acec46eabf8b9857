namespace Tandem.Calls.Ivr;

/// <summary>How long a step waits for a caller, and what it does with one who presses the wrong thing or nothing.</summary>
public sealed record IvrPatience
{
    /// <summary>From the end of the prompt to the first key.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How often the caller is asked, silence and wrong inputs together.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Played after a wrong input; null for the tone of an error.</summary>
    public IvrPrompt? InvalidPrompt { get; init; }

    /// <summary>Played after silence; null for nothing.</summary>
    public IvrPrompt? SilentPrompt { get; init; }

    /// <summary>After the last try, when it was wrong; null for good-bye and the end.</summary>
    public string? OnInvalid { get; init; }

    /// <summary>After the last try, when it was silence; null for good-bye and the end.</summary>
    public string? OnSilent { get; init; }

    internal IEnumerable<(string Field, string? Step)> Ways => [("onInvalid", OnInvalid), ("onSilent", OnSilent)];
}
