namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>The states of RFC 4235 §3.7.1 that are told, the livelier ones last.</summary>
internal enum WatchedDialogState
{
    Terminated,
    Proceeding,
    Early,
    Confirmed,
}
