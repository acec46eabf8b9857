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

    /// <summary>
    /// The connection that it came over closed. A binding of outbound is gone (RFC 5626 §6); any other stays in the table and is marked
    /// lost (<see cref="Registrar.Binding.IsLost"/>) until the phone registers again.
    /// </summary>
    ConnectionClosed,
}
