namespace Tandem.Calls.Events;

/// <summary>What happened to a binding.</summary>
public enum RegistrationChange
{
    Registered,
    Refreshed,
    Unregistered,
    Expired,
    RemovedByOperator,
}
