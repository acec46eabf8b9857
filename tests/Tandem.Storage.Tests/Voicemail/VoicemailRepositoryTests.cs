using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Voicemail;

public sealed class VoicemailRepositoryOnSqliteTests() : VoicemailRepositoryTests(null);

public sealed class VoicemailRepositoryOnPostgresTests(PostgresServer postgres) : VoicemailRepositoryTests(postgres);

public abstract class VoicemailRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset Noon = Sample.Start.AddDays(1);
    private static readonly DateTimeOffset Created = Sample.Start;

    [Fact]
    public async Task Messages_lie_in_one_box_in_their_order_and_no_more_than_it_holds()
    {
        var storage = await ServeTwoAsync();
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("b", 2), 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("a", 1) with { IsUrgent = true }, 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("c", 3) with { Number = "101" }, 3, Cancellation));
        Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message("d", 4), 3, Cancellation));
        Assert.Equal(PutOutcome.Full, await storage.Voicemail.AddAsync(Message("e", 5), 3, Cancellation));

        Assert.Equal([Message("a", 1) with { IsUrgent = true }, Message("b", 2), Message("d", 4)], await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
        Assert.True(await storage.Voicemail.MarkAsync(TenantId.Default, "100", "b", true, Cancellation));
        Assert.False(await storage.Voicemail.MarkAsync(TenantId.Default, "101", "b", true, Cancellation));
        Assert.Equal(new MailboxCounts(2, 1, 1), await storage.Voicemail.CountAsync(TenantId.Default, "100", Cancellation));
        Assert.Null(await storage.Voicemail.FindAsync(new TenantId("other"), "100", "a", Cancellation));
        Assert.False(await storage.Voicemail.DeleteAsync(new TenantId("other"), "100", "a", Cancellation));
        Assert.True(await storage.Voicemail.DeleteAsync(TenantId.Default, "100", "a", Cancellation));
        Assert.Equal(new MailboxCounts(1, 1), await storage.Voicemail.CountAsync(TenantId.Default, "100", Cancellation));
    }

    [Fact]
    public async Task What_is_set_for_a_box_comes_back()
    {
        var storage = await ServeTwoAsync();
        var box = new VoiceBox(TenantId.Default, "100") { OwnedSince = Created };
        Assert.Equal(box, await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "hash", Cancellation);
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "", Cancellation));
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "other", Cancellation);
        Assert.Equal(box with { PinHash = "other", Greeting = "greeting" }, await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.False(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "late", "", Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "", "greeting", Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "101", "first", "", Cancellation));
        Assert.Equal(box with { PinHash = "other" }, await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(box with { Number = "101", Greeting = "first" }, await storage.Voicemail.BoxAsync(TenantId.Default, "101", Cancellation));
    }

    // Oldest first, in steps, of all boxes; what somebody holds stays, and so does what was left since.
    [Fact]
    public async Task Messages_that_are_too_old_go_and_their_sound_is_abandoned()
    {
        var storage = await ServeTwoAsync();
        foreach (var (id, minutes, number) in new[] { ("b", 2, "100"), ("a", 1, "101"), ("held", 1, "100"), ("c", 3, "100"), ("new", 9, "100") })
        {
            Assert.Equal(PutOutcome.Put, await storage.Voicemail.AddAsync(Message(id, minutes) with { Number = number }, 9, Cancellation));
            await storage.Recordings.SaveAsync(VoicemailRemovalTests.Sound(id, Noon), Cancellation);
        }

        Assert.True(await storage.Recordings.HoldAsync(TenantId.Default, "held", true, Cancellation));
        Assert.Equal(["a", "b"], (await storage.Voicemail.ExpireAsync(Noon.AddMinutes(9), 2, Cancellation)).Select(message => message.Id).Order());
        Assert.Equal([Message("c", 3)], await storage.Voicemail.ExpireAsync(Noon.AddMinutes(9), 2, Cancellation));
        Assert.Empty(await storage.Voicemail.ExpireAsync(Noon.AddMinutes(9), 2, Cancellation));
        Assert.Equal(["held", "new"], (await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation)).Select(message => message.Id));
        Assert.Equal(["a", "b", "c"], (await storage.Recordings.AbandonedAsync(9, null, Cancellation)).Select(entry => entry.Id));
    }

    [Fact]
    public async Task The_keeper_sets_the_lamp_by_what_is_stored_tells_each_change_and_drops_the_sound_of_what_it_does_not_keep()
    {
        var storage = await ServeTwoAsync();
        using var mailboxes = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        var told = new List<VoicemailChange>();
        var dropped = new List<string>();
        var keeper = new VoicemailKeeper(
            new VoicemailOptions { MaxMessages = 2 }, storage.Voicemail, mailboxes, (_, id, _) => Drop(id), new Sink(told), TimeProvider.System);
        Assert.Equal(KeepOutcome.Kept, await keeper.Keep(Message("a", 1)));
        Assert.Equal(KeepOutcome.Kept, await keeper.Keep(Message("b", 2)));
        Assert.False(await keeper.HasRoomAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(KeepOutcome.Refused, await keeper.Keep(Message("full", 3)));
        Assert.Equal(KeepOutcome.Refused, await keeper.Keep(Message("short", 3) with { Number = "101", Duration = TimeSpan.FromMilliseconds(500) }));
        Assert.Equal(new MailboxCounts(2, 0), mailboxes.Table.Find(TenantId.Default, "100"));

        Assert.True(await keeper.MarkAsync(TenantId.Default, "100", "a", true, Cancellation));
        Assert.True(await keeper.MarkAsync(TenantId.Default, "100", "a", true, Cancellation));
        Assert.Equal(["b", "a"], (await keeper.MessagesAsync(TenantId.Default, "100", Cancellation)).Select(message => message.Id));
        Assert.Equal(new MailboxCounts(1, 1), mailboxes.Table.Find(TenantId.Default, "100"));
        Assert.True(await keeper.DeleteAsync(TenantId.Default, "100", "b", Cancellation));
        Assert.False(await keeper.DeleteAsync(TenantId.Default, "100", "b", Cancellation));

        Assert.Equal(new MailboxCounts(0, 1), mailboxes.Table.Find(TenantId.Default, "100"));
        Assert.Equal([VoicemailChange.New, VoicemailChange.New, VoicemailChange.Heard, VoicemailChange.Deleted], told);
        Assert.Equal(["full", "short", "b"], dropped);

        Task Drop(string id)
        {
            dropped.Add(id);
            return Task.CompletedTask;
        }
    }

    // Both extensions are there since a moment before the first message.
    private async Task<TandemStorage> ServeTwoAsync()
    {
        var storage = Serve(new ManualTime());
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 101, cancellation: Cancellation);
        return storage;
    }

    private static VoiceMessage Message(string id, int minutes) =>
        new(id, TenantId.Default, "100", "+4420", "call", Noon.AddMinutes(minutes), TimeSpan.FromSeconds(12));

    private sealed class Sink(List<VoicemailChange> told) : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent) => told.Add(((VoicemailEvent)exchangeEvent).Change);
    }
}
