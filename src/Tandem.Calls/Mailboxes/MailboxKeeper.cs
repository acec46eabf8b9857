using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Mailboxes;

/// <summary>Sets mailboxes so that store and memory always agree: one change after the other, first on disk, then told. Thread-safe.</summary>
public sealed class MailboxKeeper(IMailboxStore store, MailboxTable table) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _version; // under the turn

    /// <summary>What is in force.</summary>
    public MailboxTable Table => table;

    /// <summary>Reads what is stored into memory: all at the start, later what other nodes changed. Phones are told of what differs.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var (version, changed) = await store.ChangedAsync(_version, cancellation);
            foreach (var mailbox in changed)
            {
                if (table.Find(mailbox.Tenant, mailbox.Number) != mailbox.Counts)
                    table.Set(mailbox.Tenant, mailbox.Number, mailbox.Counts);
            }

            _version = version;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sets the counts of an extension; when this completes they are stored and its phones are being told.</summary>
    public Task SetAsync(TenantId tenant, string number, MailboxCounts counts, CancellationToken cancellation = default) =>
        UpdateAsync(tenant, number, _ => Task.FromResult(counts), cancellation);

    /// <summary>The same with counts that are taken when it is their turn: of two changes the later one counts both.</summary>
    public async Task UpdateAsync(TenantId tenant, string number, Func<CancellationToken, Task<MailboxCounts>> count, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var counts = await count(cancellation);
            await store.SaveAsync(new Mailbox(tenant, number, counts), cancellation);
            table.Set(tenant, number, counts);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
