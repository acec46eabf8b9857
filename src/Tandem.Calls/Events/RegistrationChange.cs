namespace Tandem.Calls.Events;

/// <summary>What happened to a binding.</summary>
public enum RegistrationChange
{
    Registered,
    Refreshed,
    Unregistered,
    Expired,
    RemovedByOperator,

    /// <summary>Keep-alives went unanswered as often in a row as the registrar's options allow.</summary>
    Unreachable,
}
