namespace Tandem.Calls.Calls;

/// <summary>What few calls have, beside the record of all of them.</summary>
public sealed record CallExtras
{
    /// <summary>The legs that did not answer, in the order of dialling.</summary>
    public IReadOnlyList<CallAttempt> Attempts { get; init; } = [];

    /// <summary>What the legs to outside cost, in the currency of the price list; null where no list has a price for them.</summary>
    public decimal? Price { get; init; }

    /// <summary>The way through menus: the name of the flow and its steps, separated by <c>/</c>; null when there was none.</summary>
    public string? IvrPath { get; init; }

    /// <summary>The number whose phone picked the call up while it rang elsewhere; null when none did.</summary>
    public string? TakenBy { get; init; }

    /// <summary>Ids of the recordings that were made of the call, in order.</summary>
    public IReadOnlyList<string> Recordings { get; init; } = [];
}
