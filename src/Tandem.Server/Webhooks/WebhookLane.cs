using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>What the dispatcher knows of one webhook. Its thread owns it.</summary>
internal sealed class WebhookLane(Webhook webhook)
{
    public Webhook Webhook { get; set; } = webhook;

    /// <summary>Ids of deliveries that are being made, or whose outcome is not written yet.</summary>
    public HashSet<string> InFlight { get; } = [];

    /// <summary>When to look for work; null when there is none until something happens.</summary>
    public DateTimeOffset? LookAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Deliveries that wait, about.</summary>
    public long Waiting { get; set; }
}
