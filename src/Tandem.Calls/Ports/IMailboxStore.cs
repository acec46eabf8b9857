using Tandem.Calls.Mailboxes;

namespace Tandem.Calls.Ports;

/// <summary>Keeps the counts of the mailboxes over a restart.</summary>
public interface IMailboxStore
{
    /// <summary>What changed since a version, emptied mailboxes with zeros, and the version that it belongs to. One that is lower than <paramref name="since"/> comes with all that there is.</summary>
    Task<(long Version, IReadOnlyList<Mailbox> Mailboxes)> ChangedAsync(long since, CancellationToken cancellation = default);

    /// <summary>Stores the counts of one extension. Completes when it is on disk.</summary>
    Task SaveAsync(Mailbox mailbox, CancellationToken cancellation = default);
}
