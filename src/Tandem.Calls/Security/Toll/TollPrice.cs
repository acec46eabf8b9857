namespace Tandem.Calls.Security.Toll;

/// <summary>A row of a price list.</summary>
/// <param name="PerMinute">In the currency of the list.</param>
/// <param name="IncrementSeconds">What is charged is whole multiples of it: 60 for begun minutes, 1 for seconds.</param>
public readonly record struct TollPrice(decimal PerMinute, int IncrementSeconds = 60);
