using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Held;

/// <summary>Where a caller goes whom a program deals with.</summary>
/// <param name="Command">Hears how it went.</param>
/// <param name="To">A destination; null when it is a party of another call.</param>
/// <param name="Target">A party of another call, whose partner leaves.</param>
internal sealed record HeldOrder(CommandContext Command, Destination? To, BridgeTarget? Target);
