using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Storage.Administration;

/// <summary>What to change of a user; null stays.</summary>
/// <param name="Password">A new password; it ends the user's sessions and lifts a lock.</param>
/// <param name="RemoveSecondFactor">Takes the second factor away.</param>
public sealed record UserChange(string? DisplayName = null, Role? Role = null, bool? Enabled = null, Secret? Password = null, bool RemoveSecondFactor = false);
