using Tandem.Calls.Mailboxes;

namespace Tandem.Calls.Ports;

/// <summary>Keeps the counts of the mailboxes over a restart.</summary>
public interface IMailboxStore
{
    /// <summary>All mailboxes that hold something.</summary>
    Task<IReadOnlyList<Mailbox>> LoadAsync(CancellationToken cancellation = default);

    /// <summary>Stores the counts of one extension; zeros remove its row. Completes when it is on disk.</summary>
    Task SaveAsync(Mailbox mailbox, CancellationToken cancellation = default);
}
