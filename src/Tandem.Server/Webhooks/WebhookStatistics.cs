namespace Tandem.Server.Webhooks;

/// <summary>How the webhooks stand, since the start of the process.</summary>
/// <param name="IsLeader">True when this node delivers; another one does otherwise.</param>
/// <param name="Webhooks">Webhooks of all tenants.</param>
/// <param name="OutboxLength">Events that no webhook had yet, as counted a moment ago.</param>
/// <param name="Waiting">Deliveries that wait, as counted a moment ago.</param>
/// <param name="InFlight">Deliveries that are being made.</param>
/// <param name="Delivered">Events that a receiver took.</param>
/// <param name="FailedAttempts">Attempts that failed.</param>
/// <param name="Dead">Events that became dead letters.</param>
/// <param name="Dropped">Events that a webhook did not get because too many wait for it.</param>
public sealed record WebhookStatistics(
    bool IsLeader, int Webhooks, long OutboxLength, long Waiting, int InFlight, long Delivered, long FailedAttempts, long Dead, long Dropped);
