namespace Tandem.Storage.Webhooks;

/// <summary>Which deliveries of a webhook to list, newest event first.</summary>
/// <param name="After">The last of the page before.</param>
public sealed record DeliveryFilter(DeliveryState? State, string? CallId, (long Sequence, string Id)? After, int Limit);
