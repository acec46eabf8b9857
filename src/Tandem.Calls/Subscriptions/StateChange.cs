using Tandem.Calls.Events;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Subscriptions;

/// <summary>That something of an extension has changed; what it is now, is read when it is told.</summary>
/// <param name="Resource">The extension.</param>
/// <param name="What">What changed.</param>
/// <param name="Registration">The contact that came or went, where it was one.</param>
internal readonly record struct StateChange(AorKey Resource, WatchedStates What, RegistrationEvent? Registration = null);
