using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// The voicemail of this installation: what changes a message is stored first, then the lamp of the extension is set by what is stored, then it is told. Thread-safe; nothing
/// here belongs on a shard, where its tasks are awaited.
/// </summary>
public sealed class VoicemailKeeper
{
    // As many in a row, and it is the store that is away.
    private const int RefusalsOfStore = 3;

    private const int ExpiredAtOnce = 100;

    private readonly IVoicemailStore _store;
    private readonly MailboxKeeper _mailboxes;
    private readonly Func<TenantId, string, CancellationToken, Task> _dropSound;
    private readonly IEventSink _events;
    private readonly TimeProvider _time;
    private string _refusedLast = ""; // of the messages that wait

    /// <param name="options">The limits.</param>
    /// <param name="store">Boxes and messages.</param>
    /// <param name="mailboxes">The lamps of the phones.</param>
    /// <param name="dropSound">Deletes the recording of a message or a greeting.</param>
    /// <param name="events">Takes what is told.</param>
    /// <param name="time">The clock.</param>
    public VoicemailKeeper(
        VoicemailOptions options, IVoicemailStore store, MailboxKeeper mailboxes, Func<TenantId, string, CancellationToken, Task> dropSound, IEventSink events, TimeProvider time)
    {
        Options = options;
        _store = store;
        _mailboxes = mailboxes;
        _dropSound = dropSound;
        _events = events;
        _time = time;
        Guard = new PinGuard(options.MaxWrongPins, options.LockOut);
    }

    public VoicemailOptions Options { get; }

    /// <summary>False when store and sound are memory and block nobody: then no thread of the pool is needed, and everything is done at once.</summary>
    public bool Blocks { get; init; } = true;

    /// <summary>Hears what went wrong where nobody waits for it; it must not throw.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Where messages wait that are left while the database is away; null: they are lost, and who left them is told so.</summary>
    public WaitingMessages? Waiting { get; init; }

    /// <summary>Counts wrong PINs.</summary>
    public PinGuard Guard { get; }

    /// <summary>Does work that reads the disk or takes long, and belongs on no shard.</summary>
    public Task<T> OffShard<T>(Func<Task<T>> work) => Blocks ? Task.Run(work) : work();

    /// <summary>The same for what a caller waits for.</summary>
    /// <exception cref="VoicemailAwayException">It went wrong, and was told.</exception>
    internal Task<T> Ask<T>(Func<Task<T>> work) => OffShard(async () =>
    {
        try
        {
            return await work();
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
            throw new VoicemailAwayException(e);
        }
    });

    /// <summary>
    /// Keeps a message, off the shard and to its end whoever waits; what went wrong is told. Its sound is dropped when the box is full or has another owner by now, or the message is too short.
    /// </summary>
    public Task<KeepOutcome> Keep(VoiceMessage message) => OffShard(async () =>
    {
        try
        {
            return await PutAsync(message);
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
            return Waiting?.TryAdd(message) is true ? KeepOutcome.Waiting : KeepOutcome.Failed;
        }
    });

    /// <summary>True when a message for a box would be kept though the database is away. It blocks nobody: shards ask it.</summary>
    public bool MayWait(TenantId tenant, string number) => Waiting?.HasRoom(tenant, number) is true;

    /// <summary>
    /// Puts the messages that wait into their boxes, oldest first, also into those that are full: who left them has been thanked. One that cannot be put there waits on, and holds up no other:
    /// the next time begins behind it. One whose extension was removed meanwhile, or given to somebody else, is dropped with its sound.
    /// </summary>
    /// <returns>How many are there now.</returns>
    /// <exception cref="VoicemailAwayException">The store took none of them.</exception>
    public async Task<int> RegisterWaitingAsync(CancellationToken cancellation = default)
    {
        var (registered, dropped, refused) = (0, 0, 0);
        Exception? why = null;
        foreach (var message in InTurn(Waiting?.All() ?? []))
        {
            try
            {
                switch (await RegisterAsync(message, cancellation))
                {
                    case true:
                        registered++;
                        break;
                    case false:
                        dropped++;
                        break;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                (why, _refusedLast) = (e, message.Id);
                if (++refused == RefusalsOfStore && registered + dropped == 0)
                    break;
            }
        }

        return registered + dropped == 0 && why is not null ? throw new VoicemailAwayException(why) : registered;
    }

    private IEnumerable<VoiceMessage> InTurn(IReadOnlyList<VoiceMessage> waiting) =>
        [.. waiting.Where(message => string.CompareOrdinal(message.Id, _refusedLast) > 0), .. waiting.Where(message => string.CompareOrdinal(message.Id, _refusedLast) <= 0)];

    // True: in its box; false: dropped; null: it waits on.
    private async Task<bool?> RegisterAsync(VoiceMessage message, CancellationToken cancellation)
    {
        // It may be there already: the answer of the database was lost, or the process ended right after.
        var outcome = await _store.FindAsync(message.Tenant, message.Number, message.Id, cancellation) is null
            ? await _store.AddAsync(message, Options.MaxMessages + Options.MaxWaiting, cancellation)
            : PutOutcome.Put;
        if (outcome == PutOutcome.Full)
            return null;
        if (outcome == PutOutcome.NoOwner)
        {
            await _dropSound(message.Tenant, message.Id, cancellation);
            Waiting!.Remove(message.Id);
            return false;
        }

        await TellAsync(message, VoicemailChange.New, cancellation);
        Waiting!.Remove(message.Id);
        return true;
    }

    /// <summary>Drops the sound of a message that nobody wants; nobody waits for it.</summary>
    public void Drop(TenantId tenant, string recording) => _ = OffShard(async () =>
    {
        try
        {
            await _dropSound(tenant, recording, CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
            return false;
        }
    });

    /// <summary>What is set for a box.</summary>
    public Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default) => _store.BoxAsync(tenant, number, cancellation);

    /// <summary>The messages of a box: those not heard yet first, and of both the oldest first.</summary>
    public async Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        var messages = await _store.MessagesAsync(tenant, number, cancellation);
        return [.. messages.Where(message => !message.IsHeard), .. messages.Where(message => message.IsHeard)];
    }

    public Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default) => _store.FindAsync(tenant, number, id, cancellation);

    /// <summary>Whether a box takes another message.</summary>
    public async Task<bool> HasRoomAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        var counts = await _store.CountAsync(tenant, number, cancellation);
        return counts.New + counts.Old < Options.MaxMessages;
    }

    private async Task<KeepOutcome> PutAsync(VoiceMessage message)
    {
        var outcome = message.Duration < Options.MinLength ? PutOutcome.Full : await _store.AddAsync(message, Options.MaxMessages, CancellationToken.None);
        if (outcome != PutOutcome.Put)
        {
            await _dropSound(message.Tenant, message.Id, CancellationToken.None);
            return outcome == PutOutcome.NoOwner ? KeepOutcome.NoOwner : KeepOutcome.Refused;
        }

        await TellAsync(message, VoicemailChange.New, CancellationToken.None);
        return KeepOutcome.Kept;
    }

    /// <summary>Deletes the messages that were received before, with their sound; those whose sound is held stay. Each is told.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteOldAsync(DateTimeOffset before, CancellationToken cancellation = default)
    {
        var count = 0;
        while (true)
        {
            var expired = await _store.ExpireAsync(before, ExpiredAtOnce, cancellation);
            foreach (var message in expired)
                await TellAsync(message, VoicemailChange.Deleted, cancellation);
            count += expired.Count;
            if (expired.Count < ExpiredAtOnce)
                return count;
        }
    }

    /// <summary>Marks a message; false when there is none.</summary>
    public async Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default)
    {
        if (await _store.FindAsync(tenant, number, id, cancellation) is not { } message)
            return false;
        if (message.IsHeard == isHeard)
            return true;
        if (!await _store.MarkAsync(tenant, number, id, isHeard, cancellation))
            return false;

        await TellAsync(message with { IsHeard = isHeard }, isHeard ? VoicemailChange.Heard : VoicemailChange.Unheard, cancellation);
        return true;
    }

    /// <summary>Deletes a message and its sound; false when there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default)
    {
        if (await _store.FindAsync(tenant, number, id, cancellation) is not { } message || !await _store.DeleteAsync(tenant, number, id, cancellation))
            return false;

        await _dropSound(tenant, id, cancellation);
        await TellAsync(message, VoicemailChange.Deleted, cancellation);
        return true;
    }

    /// <summary>Sets a PIN; empty takes it away. The box is open again.</summary>
    /// <exception cref="ArgumentException">It is not good (<see cref="Pin.IsGood"/>).</exception>
    public async Task SetPinAsync(TenantId tenant, string number, string pin, CancellationToken cancellation = default)
    {
        if (pin.Length > 0 && !Pin.IsGood(pin, Options.MinPin))
            throw new ArgumentException("the PIN has too few digits, too many, or all the same", nameof(pin));

        await _store.SetPinAsync(tenant, number, pin.Length > 0 ? Pin.Hash(pin) : "", cancellation);
        Guard.Right(tenant, number);
    }

    /// <summary>Sets the recording that callers hear; empty takes it away. The one before is deleted.</summary>
    public async Task SetGreetingAsync(TenantId tenant, string number, string recording, CancellationToken cancellation = default)
    {
        // Who changes it meanwhile is replaced too: the sound of his is dropped, and none is left that nobody knows.
        string before;
        do
            before = (await _store.BoxAsync(tenant, number, cancellation)).Greeting;
        while (!await _store.SetGreetingAsync(tenant, number, recording, before, cancellation));

        if (before.Length > 0 && before != recording)
            await _dropSound(tenant, before, cancellation);
    }

    private async Task TellAsync(VoiceMessage message, VoicemailChange change, CancellationToken cancellation)
    {
        await _mailboxes.UpdateAsync(message.Tenant, message.Number, token => _store.CountAsync(message.Tenant, message.Number, token), cancellation);
        _events.Publish(new VoicemailEvent(message.Tenant, message, change, _time.GetUtcNow()));
    }
}
