namespace Tandem.Calls.Recording;

/// <summary>Which recordings to list, newest first. What is null does not matter.</summary>
/// <param name="Number">Of the caller or the callee.</param>
/// <param name="CallId">Of that call.</param>
/// <param name="State">In that state.</param>
/// <param name="From">Begun then or later.</param>
/// <param name="To">Begun before.</param>
/// <param name="After">The last one of the page before: when it began, and its id.</param>
/// <param name="Limit">At most so many.</param>
public sealed record RecordingFilter(
    string? Number = null,
    string? CallId = null,
    RecordingState? State = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    (DateTimeOffset StartedAt, string Id)? After = null,
    int Limit = 50);
