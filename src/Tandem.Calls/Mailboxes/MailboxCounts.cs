namespace Tandem.Calls.Mailboxes;

/// <summary>The voice messages of an extension (RFC 3842 §3.5). The urgent ones are counted in the others too.</summary>
/// <param name="New">Not heard yet.</param>
/// <param name="Old">Heard and kept.</param>
/// <param name="NewUrgent">Urgent ones among the new.</param>
/// <param name="OldUrgent">Urgent ones among the old.</param>
public readonly record struct MailboxCounts(uint New, uint Old, uint NewUrgent = 0, uint OldUrgent = 0)
{
    /// <summary>True when the urgent ones are not more than there are.</summary>
    public bool IsConsistent => NewUrgent <= New && OldUrgent <= Old;
}
