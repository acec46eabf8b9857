using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Core.Privacy;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Voicemail;

public sealed class VoicemailRepositoryOnSqliteTests() : VoicemailRepositoryTests(null);

public sealed class VoicemailRepositoryOnPostgresTests(PostgresServer postgres) : VoicemailRepositoryTests(postgres);

public abstract class VoicemailRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Messages_lie_in_one_box_in_their_order_and_no_more_than_it_holds()
    {
        var storage = Serve();
        Assert.True(await storage.Voicemail.AddAsync(Message("b", 2), 3, Cancellation));
        Assert.True(await storage.Voicemail.AddAsync(Message("a", 1) with { IsUrgent = true }, 3, Cancellation));
        Assert.True(await storage.Voicemail.AddAsync(Message("c", 3) with { Number = "101" }, 3, Cancellation));
        Assert.True(await storage.Voicemail.AddAsync(Message("d", 4), 3, Cancellation));
        Assert.False(await storage.Voicemail.AddAsync(Message("e", 5), 3, Cancellation));

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
        var storage = Serve();
        Assert.Equal(new VoiceBox(TenantId.Default, "100"), await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "hash", Cancellation);
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "", Cancellation));
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "other", Cancellation);
        Assert.Equal(new VoiceBox(TenantId.Default, "100", "other", "greeting"), await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.False(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "late", "", Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "", "greeting", Cancellation));
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "101", "first", "", Cancellation));
        Assert.Equal(new VoiceBox(TenantId.Default, "100", "other"), await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(new VoiceBox(TenantId.Default, "101", "", "first"), await storage.Voicemail.BoxAsync(TenantId.Default, "101", Cancellation));
    }

    // Who gets the number next hears nothing of who had it, and is not opened by his PIN.
    [Fact]
    public async Task A_number_that_is_removed_leaves_an_empty_box()
    {
        var storage = Serve();
        await storage.Extensions.AddAsync(TenantId.Default, "100", new Secret("plain-to-see"), cancellation: Cancellation);
        await storage.Voicemail.SetPinAsync(TenantId.Default, "100", "hash", Cancellation);
        Assert.True(await storage.Voicemail.SetGreetingAsync(TenantId.Default, "100", "greeting", "", Cancellation));
        Assert.True(await storage.Voicemail.AddAsync(Message("a", 1), 3, Cancellation));
        Assert.True(await storage.Voicemail.AddAsync(Message("b", 1) with { Number = "101" }, 3, Cancellation));
        Assert.True(await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation));
        Assert.Empty(await storage.Voicemail.MessagesAsync(TenantId.Default, "100", Cancellation));
        Assert.Equal(new VoiceBox(TenantId.Default, "100"), await storage.Voicemail.BoxAsync(TenantId.Default, "100", Cancellation));
        Assert.Single(await storage.Voicemail.MessagesAsync(TenantId.Default, "101", Cancellation));
    }

    // A message that waited on the disk meanwhile.
    [Fact]
    public async Task A_message_has_an_owner_while_the_extension_is_there_that_it_was_left_for()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        var before = Message("a", 0) with { ReceivedAt = time.GetUtcNow() };
        Assert.False(await storage.Voicemail.HasOwnerAsync(before, Cancellation));
        await storage.Extensions.AddAsync(TenantId.Default, "100", new Secret("plain-to-see"), cancellation: Cancellation);
        Assert.True(await storage.Voicemail.HasOwnerAsync(before, Cancellation));
        Assert.False(await storage.Voicemail.HasOwnerAsync(before with { Tenant = new TenantId("other") }, Cancellation));

        await storage.Extensions.RemoveAsync(TenantId.Default, "100", Cancellation);
        Assert.False(await storage.Voicemail.HasOwnerAsync(before, Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        await storage.Extensions.AddAsync(TenantId.Default, "100", new Secret("plain-to-see"), cancellation: Cancellation);
        Assert.False(await storage.Voicemail.HasOwnerAsync(before, Cancellation));
        Assert.True(await storage.Voicemail.HasOwnerAsync(before with { ReceivedAt = time.GetUtcNow() }, Cancellation));
    }

    [Fact]
    public async Task The_keeper_sets_the_lamp_by_what_is_stored_tells_each_change_and_drops_the_sound_of_what_it_does_not_keep()
    {
        var storage = Serve();
        using var mailboxes = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        var told = new List<VoicemailChange>();
        var dropped = new List<string>();
        var keeper = new VoicemailKeeper(
            new VoicemailOptions { MaxMessages = 2 }, storage.Voicemail, mailboxes, (_, id, _) => Drop(id), new Sink(told), TimeProvider.System);
        Assert.True(await keeper.AddAsync(Message("a", 1), Cancellation));
        Assert.True(await keeper.AddAsync(Message("b", 2), Cancellation));
        Assert.False(await keeper.HasRoomAsync(TenantId.Default, "100", Cancellation));
        Assert.False(await keeper.AddAsync(Message("full", 3), Cancellation));
        Assert.False(await keeper.AddAsync(Message("short", 3) with { Number = "101", Duration = TimeSpan.FromMilliseconds(500) }, Cancellation));
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

    private static VoiceMessage Message(string id, int minutes) =>
        new(id, TenantId.Default, "100", "+4420", "call", Noon.AddMinutes(minutes), TimeSpan.FromSeconds(12));

    private sealed class Sink(List<VoicemailChange> told) : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent) => told.Add(((VoicemailEvent)exchangeEvent).Change);
    }
}
