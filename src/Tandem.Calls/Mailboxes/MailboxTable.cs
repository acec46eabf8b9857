using System.Collections.Concurrent;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Mailboxes;

/// <summary>
/// How many messages wait for each extension, in memory. Whoever takes or plays messages sets the counts here after they are stored;
/// the phones that subscribed to message-summary are told. Thread-safe. An extension without messages has no entry.
/// </summary>
public sealed class MailboxTable
{
    private readonly ConcurrentDictionary<AorKey, MailboxCounts> _mailboxes = new();

    /// <summary>Extensions with messages.</summary>
    public int Count => _mailboxes.Count;

    /// <summary>Hears which mailbox has changed, on the thread that changed it; the exchange sets it.</summary>
    public Action<TenantId, string>? Changed { get; set; }

    /// <summary>The counts of an extension; zeros when it has no messages.</summary>
    public MailboxCounts Find(TenantId tenant, string number) => _mailboxes.GetValueOrDefault(new AorKey(tenant, number));

    /// <summary>The mailboxes of a tenant that hold something, by number.</summary>
    public IReadOnlyList<Mailbox> All(TenantId tenant)
    {
        var all = new List<Mailbox>();
        foreach (var (key, counts) in _mailboxes)
        {
            if (key.Tenant == tenant)
                all.Add(new Mailbox(tenant, key.Number, counts));
        }

        all.Sort(static (a, b) => string.CompareOrdinal(a.Number, b.Number));
        return all;
    }

    /// <summary>Sets the counts of an extension; zeros take its entry out.</summary>
    public void Set(TenantId tenant, string number, MailboxCounts counts)
    {
        var key = new AorKey(tenant, number);
        if (counts == default)
            _mailboxes.TryRemove(key, out _);
        else
            _mailboxes[key] = counts;

        Changed?.Invoke(tenant, number);
    }
}
