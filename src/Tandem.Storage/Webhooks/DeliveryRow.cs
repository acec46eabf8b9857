using Tandem.Storage.Database;

namespace Tandem.Storage.Webhooks;

/// <summary>A row of <c>webhook_deliveries</c> as it is read.</summary>
internal sealed class DeliveryRow
{
    public string DeliveryId { get; set; } = "";

    public string WebhookId { get; set; } = "";

    public string EventId { get; set; } = "";

    public string EventType { get; set; } = "";

    public string CallId { get; set; } = "";

    public long Sequence { get; set; }

    public string Body { get; set; } = "";

    public string State { get; set; } = "";

    public long Attempts { get; set; }

    public long NextAttemptAt { get; set; }

    public long CreatedAt { get; set; }

    public long? FinishedAt { get; set; }

    public long LastStatus { get; set; }

    public string LastError { get; set; } = "";

    public WebhookDelivery ToDelivery() => new(
        DeliveryId, WebhookId, EventId, EventType, CallId, Sequence, Body, Enum.TryParse<DeliveryState>(State, out var state) ? state : DeliveryState.Dead,
        (int)Attempts, NextAttemptAt.ToTime(), CreatedAt.ToTime(), FinishedAt.ToTime(), (int)LastStatus, LastError);
}
