namespace Tandem.Calls.Subscriptions;

/// <summary>Why a subscription ends: the reason codes of RFC 6665 §4.1.3.</summary>
public enum EndOfSubscription
{
    /// <summary>Not refreshed, ended by the watcher, or a single fetch.</summary>
    Timeout,

    /// <summary>The watcher is to subscribe anew at once.</summary>
    Deactivated,

    /// <summary>The watcher is to subscribe anew later.</summary>
    Probation,

    /// <summary>The watcher may not see this any more.</summary>
    Rejected,

    /// <summary>Nobody decided in time.</summary>
    GiveUp,

    /// <summary>What was watched is gone.</summary>
    NoResource,
}
