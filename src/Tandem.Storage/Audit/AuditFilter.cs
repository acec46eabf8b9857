namespace Tandem.Storage.Audit;

/// <summary>Which entries are wanted; null for any.</summary>
/// <param name="Action">The whole action, or with a dot at its end all that begin so (<c>extension.</c>).</param>
/// <param name="After">The last entry of the page before.</param>
/// <param name="Limit">Entries at most.</param>
public sealed record AuditFilter(
    string? Actor, string? Action, string? Target, DateTimeOffset? From, DateTimeOffset? To, (DateTimeOffset At, string Id)? After, int Limit);
