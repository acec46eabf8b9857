using Tandem.Calls.Mailboxes;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>Looks for messages that other nodes took or played: the lamps of the phones here show them.</summary>
public sealed class MailboxFollower : PeriodicWork
{
    private readonly MailboxKeeper _mailboxes;

    /// <param name="told">Hears why it could not be done; it must not throw.</param>
    public MailboxFollower(MailboxKeeper mailboxes, StorageOptions options, TimeProvider time, Action<string, Exception?> told)
        : base(options.DirectoryPollInterval, time, "the counts of waiting messages could not be read", told)
    {
        _mailboxes = mailboxes;
        Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        await _mailboxes.RefreshAsync(stop);
        return "";
    }
}
