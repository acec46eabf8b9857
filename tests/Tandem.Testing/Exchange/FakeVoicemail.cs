using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;

namespace Tandem.Testing.Exchange;

/// <summary>Boxes and messages in memory: every task is done at once.</summary>
public sealed class FakeVoicemail : IVoicemailStore, IMailboxStore
{
    private readonly Dictionary<(TenantId, string), VoiceBox> _boxes = [];

    /// <summary>All messages, in the order in which they came.</summary>
    public List<VoiceMessage> Messages { get; } = [];

    /// <summary>Recordings that were deleted.</summary>
    public List<string> Dropped { get; } = [];

    /// <summary>The number whose messages the database never takes; empty for none.</summary>
    public string Refused { get; set; } = "";

    /// <summary>The number that was removed since messages were left for it; empty for none.</summary>
    public string Removed { get; set; } = "";

    /// <summary>The database is away.</summary>
    public bool IsAway { get; set; }

    public Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default) =>
        IsAway ? Task.FromException<VoiceBox>(new IOException("away")) : Task.FromResult(_boxes.GetValueOrDefault((tenant, number)) ?? new VoiceBox(tenant, number));

    public async Task SetPinAsync(TenantId tenant, string number, string hash, CancellationToken cancellation = default) =>
        _boxes[(tenant, number)] = await BoxAsync(tenant, number, cancellation) with { PinHash = hash };

    public async Task<bool> SetGreetingAsync(TenantId tenant, string number, string recording, string replaces, CancellationToken cancellation = default)
    {
        var box = await BoxAsync(tenant, number, cancellation);
        if (box.Greeting != replaces)
            return false;

        _boxes[(tenant, number)] = box with { Greeting = recording };
        return true;
    }

    public Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<VoiceMessage>>([.. Messages.Where(message => message.Tenant == tenant && message.Number == number)]);

    public Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default) =>
        IsAway ? Task.FromException<VoiceMessage?>(new IOException("away")) : Task.FromResult(Messages.Find(message => message.Tenant == tenant && message.Number == number && message.Id == id));

    public Task<PutOutcome> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default)
    {
        if (IsAway || message.Number == Refused)
            return Task.FromException<PutOutcome>(new IOException("away"));
        if (message.Number == Removed)
            return Task.FromResult(PutOutcome.NoOwner);
        if (Messages.Count(other => other.Tenant == message.Tenant && other.Number == message.Number) >= most)
            return Task.FromResult(PutOutcome.Full);

        Messages.Add(message);
        return Task.FromResult(PutOutcome.Put);
    }

    public Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default)
    {
        var at = Messages.FindIndex(message => message.Tenant == tenant && message.Number == number && message.Id == id);
        if (at >= 0)
            Messages[at] = Messages[at] with { IsHeard = isHeard };
        return Task.FromResult(at >= 0);
    }

    public Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default) =>
        Task.FromResult(Messages.RemoveAll(message => message.Tenant == tenant && message.Number == number && message.Id == id) > 0);

    public Task<IReadOnlyList<VoiceMessage>> ExpireAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default)
    {
        IReadOnlyList<VoiceMessage> old = [.. Messages.Where(message => message.ReceivedAt < before).OrderBy(message => message.ReceivedAt).Take(limit)];
        Messages.RemoveAll(old.Contains);
        return Task.FromResult(old);
    }

    public Task<MailboxCounts> CountAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        var own = Messages.Where(message => message.Tenant == tenant && message.Number == number).ToList();
        return Task.FromResult(new MailboxCounts((uint)own.Count(message => !message.IsHeard), (uint)own.Count(message => message.IsHeard)));
    }

    public Task<(long Version, IReadOnlyList<Mailbox> Mailboxes)> ChangedAsync(long since, CancellationToken cancellation = default) =>
        Task.FromResult<(long, IReadOnlyList<Mailbox>)>((since, []));

    public Task SaveAsync(Mailbox mailbox, CancellationToken cancellation = default) => Task.CompletedTask;

    /// <summary>Deletes the recording of a message.</summary>
    public Task DropAsync(TenantId tenant, string id, CancellationToken cancellation)
    {
        Dropped.Add(id);
        return Task.CompletedTask;
    }
}
