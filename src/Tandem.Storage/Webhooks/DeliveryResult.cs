namespace Tandem.Storage.Webhooks;

/// <summary>What became of one attempt.</summary>
/// <param name="State"><see cref="DeliveryState.Delivered"/>, <see cref="DeliveryState.Pending"/> for another attempt, or <see cref="DeliveryState.Dead"/>.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Error">Why it failed, for people; empty when it did not.</param>
/// <param name="NextAttemptAt">When to try again.</param>
public sealed record DeliveryResult(WebhookDelivery Delivery, DeliveryState State, int Status, string Error, DateTimeOffset NextAttemptAt);
