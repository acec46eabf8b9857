namespace Tandem.Calls.Messages;

/// <summary>The verdict on a message.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Status">What the sender was told.</param>
/// <param name="Contacts">Phones that it was sent to.</param>
public readonly record struct MessageVerdict(MessageOutcome Outcome, int Status, int Contacts)
{
    /// <summary>True when a phone has it.</summary>
    public bool IsDelivered => Outcome == MessageOutcome.Delivered;
}
