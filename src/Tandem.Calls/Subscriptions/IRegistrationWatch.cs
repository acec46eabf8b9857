using Tandem.Calls.Events;

namespace Tandem.Calls.Subscriptions;

/// <summary>A package that tells what became of single contacts.</summary>
internal interface IRegistrationWatch
{
    /// <summary>Remembers what happened to a contact until it is told.</summary>
    void Note(Subscription subscription, RegistrationEvent registration);
}
