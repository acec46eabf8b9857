namespace Tandem.Calls.Registrar;

/// <summary>The registrations of one tenant at one moment.</summary>
/// <param name="Users">Extensions with at least one binding.</param>
/// <param name="Bindings">Bindings.</param>
/// <param name="BindingsByAddress">How many bindings come from each IP address.</param>
/// <param name="RecentRegistrations">Extensions whose oldest binding was made in the last 24 hours.</param>
public sealed record RegistrarStatistics(
    int Users, int Bindings, IReadOnlyDictionary<string, int> BindingsByAddress, int RecentRegistrations);
