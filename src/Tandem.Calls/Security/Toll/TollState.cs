namespace Tandem.Calls.Security.Toll;

/// <summary>What a tenant has spent by calls of one node, and whether its way out is blocked.</summary>
/// <param name="Day">The day of the money, in the tenant's time zone.</param>
/// <param name="Spent">By ended calls of that day.</param>
/// <param name="Block">The last block, over or not; null for none.</param>
public sealed record TollState(DateOnly Day, decimal Spent, TollBlock? Block)
{
    public static readonly TollState Empty = new(default, 0, null);
}
