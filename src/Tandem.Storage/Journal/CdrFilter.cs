using Tandem.Calls.Calls;

namespace Tandem.Storage.Journal;

/// <summary>Which records to find, newest end first. What is null does not count.</summary>
/// <param name="From">Those that ended at or after this.</param>
/// <param name="To">Those that ended before this.</param>
/// <param name="Number">The caller's or the callee's number, whole.</param>
/// <param name="Caller">The caller's number, whole.</param>
/// <param name="Callee">The callee's number, whole.</param>
/// <param name="MinimumDuration">From answer to end, at least; more than zero.</param>
/// <param name="Profile">The profile that the call came or went by.</param>
/// <param name="Attempted">A profile by which the call was tried in vain.</param>
/// <param name="MinimumPrice">What it cost, at least; more than zero.</param>
/// <param name="Ivr">The flow that its way through menus began in.</param>
/// <param name="Recorded">Whether a recording of it was made.</param>
/// <param name="After">The last record of the page before.</param>
/// <param name="Limit">Records at most.</param>
public sealed record CdrFilter(
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? Number = null, string? Caller = null, string? Callee = null, CallDirection? Direction = null,
    ResultClass? Result = null, TimeSpan? MinimumDuration = null, string? Profile = null, string? Attempted = null, decimal? MinimumPrice = null, string? Ivr = null,
    bool? Recorded = null, (DateTimeOffset EndedAt, string Id)? After = null, int Limit = 50);
