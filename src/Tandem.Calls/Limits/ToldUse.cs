using Tandem.Calls.Security.Toll;

namespace Tandem.Calls.Limits;

/// <summary>What a node tells the others of its use.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Use">How much.</param>
/// <param name="Toll">With <see cref="UseKind.Toll"/>: the money of the day that calls of this node have cost, those in progress included, and the block that it knows; else null.</param>
public sealed record ToldUse(UseKey Key, NodeUse Use, TollState? Toll = null);
