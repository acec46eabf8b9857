using Tandem.Core.Time;

namespace Tandem.Calls.Registrar;

/// <summary>One tentative change of RFC 3261 §10.3 step 7; all changes of a request are committed together, or none.</summary>
/// <param name="Existing">The binding it changes; null for a new one.</param>
/// <param name="Next">What it becomes; null when it is removed.</param>
/// <param name="Uri">The bytes of its Contact URI; empty when it is removed.</param>
/// <param name="Deadline">When the new lifetime ends.</param>
internal readonly record struct BindingChange(BindingEntry? Existing, Binding? Next, byte[] Uri, Moment Deadline);
