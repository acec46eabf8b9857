using System.Data.Common;
using Dapper;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Media.Recording;
using Tandem.Storage.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Voicemail;

public sealed class VoicemailRemovalOnSqliteTests() : VoicemailRemovalTests(null);

public sealed class VoicemailRemovalOnPostgresTests(PostgresServer postgres) : VoicemailRemovalTests(postgres);

/// <summary>The extension goes while somebody says a message or its owner sets the box: who gets the number next has none of it, and its sound goes too.</summary>
public abstract class VoicemailRemovalTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private readonly ManualTime _time = new();

    /// <summary>A recording that is over.</summary>
    public static RecordingEntry Sound(string id, DateTimeOffset at) => new()
    {
        Id = id,
        Tenant = TenantId.Default,
        CallId = "call",
        CallerNumber = "+4420",
        CalleeNumber = "100",
        Format = RecordingFormat.Wav,
        Channels = RecordingChannels.First,
        KeyId = Guid.Empty,
        File = id,
        State = RecordingState.Complete,
        StartedAt = at,
        EndedAt = at,
    };

    [Fact]
    public async Task A_number_that_is_removed_leaves_an_empty_box_and_its_sound_is_abandoned()
    {
        var (storage, box) = await ServeAsync();
        await storage.Extensions.AddAsync(TenantId.Default, "101", cancellation: Cancellation);
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "hash", Cancellation);
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "", Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("b", box) with { Number = "101" }, 3, Cancellation));
        foreach (var id in new[] { "a", "b", "greeting", "call" })
            await storage.Recordings.SaveAsync(Sound(id, _time.GetUtcNow()), Cancellation);

        Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
        Assert.Empty(await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(new VoiceBox(TenantId.Default, "100"), await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.Single(await storage.Voicemail.MessagesAsync(TenantId.Default, "101", Cancellation));
        Assert.Equal(["a", "greeting"], (await storage.Recordings.AbandonedAsync(9, null, Cancellation)).Select(entry => entry.Id));
    }

    // What is over by a moment is written after it was abandoned: it stays so.
    [Fact]
    public async Task The_end_of_a_recording_that_comes_late_does_not_bring_it_back()
    {
        var (storage, box) = await ServeAsync();
        var entry = Sound("a", _time.GetUtcNow());
        await storage.Recordings.SaveAsync(entry with { State = RecordingState.Recording, EndedAt = null }, Cancellation);
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation));
        Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
        Assert.Empty(await storage.Recordings.AbandonedAsync(9, null, Cancellation));
        Assert.Single(await storage.Recordings.UnfinishedAsync(Cancellation));

        await storage.Recordings.SaveAsync(entry, Cancellation);
        Assert.Equal(entry with { State = RecordingState.Abandoned }, Assert.Single(await storage.Recordings.AbandonedAsync(9, null, Cancellation)));
        Assert.True(await storage.Recordings.HoldAsync(TenantId.Default, "a", true, Cancellation));
        Assert.Empty(await storage.Recordings.AbandonedAsync(9, null, Cancellation));
    }

    // Neither a greeting nor a message ages as a recording; the one that was replaced, and any other, do.
    [Fact]
    public async Task No_retention_of_recordings_takes_what_a_voicemail_needs()
    {
        var (storage, box) = await ServeAsync();
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("message", box), 3, Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "before", "", Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "before", Cancellation));
        foreach (var id in new[] { "message", "before", "greeting", "call" })
            await storage.Recordings.SaveAsync(Sound(id, _time.GetUtcNow()), Cancellation);

        Assert.Equal(["before", "call"], (await storage.Recordings.OlderAsync(_time.GetUtcNow().AddDays(1), 9, null, Cancellation)).Select(entry => entry.Id));
    }

    // Before, and after: the number is another's by then.
    [Fact]
    public async Task A_message_comes_into_the_box_of_whom_it_was_left_for_and_of_nobody_else()
    {
        var (storage, box) = await ServeAsync();
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("z", box) with { Number = "101" }, 3, Cancellation));
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("z", box) with { Tenant = new TenantId("other") }, 3, Cancellation));
        Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation));

        var left = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        await storage.Extensions.AddAsync(TenantId.Default, "100", cancellation: Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("b", await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation)), 3, Cancellation));

        // The database was away as they were left: only their time says whom they are for.
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("c", null) with { ReceivedAt = left }, 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("d", null), 3, Cancellation));
        Assert.Equal(["b", "d"], (await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation)).Select(message => message.Id).Order());
    }

    // In between: the removal is there, and not committed yet.
    [Fact]
    public async Task A_message_waits_for_a_removal_that_has_begun()
    {
        var (storage, box) = await ServeAsync();
        await using var connection = await storage.Database.ConnectAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await connection.ExecuteAsync("UPDATE extensions SET deleted_at = 1 WHERE number = '100'", transaction: transaction);
        var put = Task.Run(() => storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation), Cancellation);
        await WaitingAsync(connection, storage, 1);
        Assert.False(put.IsCompleted);

        await transaction.CommitAsync(Cancellation);
        Assert.Equal(PutOutcome.NoOwner, await put);
        Assert.Empty(await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
    }

    // In between, the other way round: the message has its owner and is not written yet.
    [Fact]
    public async Task A_removal_waits_for_a_message_that_has_begun_and_takes_it_along()
    {
        var (storage, box) = await ServeAsync();
        await storage.Recordings.SaveAsync(Sound("a", _time.GetUtcNow()), Cancellation);
        await using var connection = await storage.Database.ConnectAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        if (IsPostgres)
            await connection.ExecuteAsync("LOCK TABLE voicemail_messages IN SHARE MODE", transaction: transaction);
        var put = Task.Run(() => storage.Voicemail.AddAsync(Message("a", box), 3, Cancellation), Cancellation);
        await WaitingAsync(connection, storage, 1);
        var removed = Task.Run(() => storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation), Cancellation);
        await WaitingAsync(connection, storage, 2);
        Assert.False(put.IsCompleted || removed.IsCompleted);

        await transaction.CommitAsync(Cancellation);
        Assert.True(await removed);
        Assert.Contains(await put, IsPostgres ? [PutOutcome.Put] : new[] { PutOutcome.Put, PutOutcome.NoOwner });
        Assert.Empty(await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(await put == PutOutcome.Put ? 1 : 0, (await storage.Recordings.AbandonedAsync(9, null, Cancellation)).Count);
    }

    // Whichever comes first, the next owner finds an empty box; and none of them waits for ever.
    [Fact]
    public async Task Messages_cross_with_removals_and_the_next_owner_finds_an_empty_box()
    {
        var (storage, box) = await ServeAsync();
        for (var i = 0; i < 40; i++)
        {
            var owner = box;
            var deposits = Enumerable.Range(0, 4).Select(n => Task.Run(() => storage.Voicemail.AddAsync(Message($"{i}-{n}", owner), 9, Cancellation), Cancellation)).ToList();
            Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await storage.Extensions.AddAsync(TenantId.Default, "100", cancellation: Cancellation);
            Assert.All(await Task.WhenAll(deposits).WaitAsync(TimeSpan.FromSeconds(60), Cancellation), outcome => Assert.NotEqual(PutOutcome.Full, outcome));
            Assert.Empty(await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
            box = await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation);
        }
    }

    [Fact]
    public async Task An_owner_who_was_removed_in_his_call_sets_neither_PIN_nor_greeting_for_the_next_one()
    {
        var (storage, _) = await ServeAsync();
        await storage.Recordings.SaveAsync(Sound("greeting", _time.GetUtcNow()), Cancellation);
        Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "hash", Cancellation);
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "", Cancellation));
        await storage.Extensions.AddAsync(TenantId.Default, "100", cancellation: Cancellation);
        Assert.Equal(new VoiceBox(TenantId.Default, "100") { OwnedSince = _time.GetUtcNow() }, await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(["greeting"], (await storage.Recordings.AbandonedAsync(9, null, Cancellation)).Select(entry => entry.Id));
    }

    [Fact]
    public async Task A_tenant_that_is_removed_leaves_no_sound_of_its_voicemails()
    {
        var (storage, _) = await ServeAsync();
        var other = new TenantId("other");
        Assert.Equal(TenantSave.Done, await storage.Tenants.AddAsync(new Tenant(other, "Other"), Cancellation));
        await storage.Extensions.AddAsync(other, "100", cancellation: Cancellation);
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("a", null) with { Tenant = other }, 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("b", null), 3, Cancellation));
        await storage.Recordings.SaveAsync(Sound("a", _time.GetUtcNow()) with { Tenant = other }, Cancellation);
        await storage.Recordings.SaveAsync(Sound("b", _time.GetUtcNow()), Cancellation);
        await storage.Tenants.RemoveAsync(other, Cancellation);
        Assert.Equal(["a"], (await storage.Recordings.AbandonedAsync(9, null, Cancellation)).Select(entry => entry.Id));
        Assert.Equal(PutOutcome.NoOwner, await storage.Voicemail.AddAsync(Message("c", null) with { Tenant = other }, 3, Cancellation));
    }

    // PostgreSQL says who waits for a connection, and who for those; of SQLite nobody knows: a moment is enough for most runs, and the outcome is the same in all.
    private async Task WaitingAsync(DbConnection connection, TandemStorage storage, long count)
    {
        if (!IsPostgres)
        {
            await Task.Delay(50, Cancellation);
            return;
        }

        var blocker = await connection.ExecuteScalarAsync<int>("SELECT pg_backend_pid()");
        await Until(() => Scalar<long>(storage, $"""
            WITH first AS (SELECT pid FROM pg_stat_activity WHERE {blocker} = ANY (pg_blocking_pids(pid)))
            SELECT (SELECT COUNT(*) FROM first) + (SELECT COUNT(*) FROM pg_stat_activity WHERE pg_blocking_pids(pid) && ARRAY(SELECT pid FROM first))
            """) >= count);
    }

    private async Task<(TandemStorage Storage, VoiceBox Box)> ServeAsync()
    {
        var storage = Serve(_time);
        await storage.Extensions.AddAsync(TenantId.Default, "100", cancellation: Cancellation);
        return (storage, await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
    }

    private VoiceMessage Message(string id, VoiceBox? box) =>
        new(id, TenantId.Default, "100", "+4420", "call", _time.GetUtcNow(), TimeSpan.FromSeconds(12)) { OwnedSince = box?.OwnedSince };
}
