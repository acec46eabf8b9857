namespace Tandem.Storage.Webhooks;

/// <summary>One event on its way to one webhook.</summary>
/// <param name="EventId">The <c>webhook-id</c> that the receiver sees: the same at every attempt and replay.</param>
/// <param name="CallId">The call whose order it keeps; empty for none.</param>
/// <param name="Body">JSON.</param>
/// <param name="LastStatus">The HTTP status of the last attempt; 0 when there was no answer.</param>
/// <param name="LastError">Why the last attempt failed, for people; empty when it did not.</param>
public sealed record WebhookDelivery(
    string Id, string WebhookId, string EventId, string EventType, string CallId, long Sequence, string Body, DeliveryState State, int Attempts,
    DateTimeOffset NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, int LastStatus, string LastError);
