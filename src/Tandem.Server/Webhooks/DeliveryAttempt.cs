namespace Tandem.Server.Webhooks;

/// <summary>What one attempt gave.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Error">Why it counts as failed, for people; empty when the receiver took the event.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone; null when it says nothing.</param>
/// <param name="IsFinal">True when no other attempt makes sense.</param>
public readonly record struct DeliveryAttempt(int Status, string Error, TimeSpan? RetryAfter = null, bool IsFinal = false)
{
    public bool IsDelivered => Error.Length == 0;
}
