using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Testing;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Voicemail;

/// <summary>Messages that were left while the database was away get into their boxes, once, and are told as any other.</summary>
public sealed class VoicemailKeeperTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeVoicemail _store = new();
    private readonly MailboxTable _lamps = new();
    private readonly RecordedEvents _events = new();
    private readonly VoicemailKeeper _keeper;

    public VoicemailKeeperTests() => _keeper = Keeper(mostOfBox: 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_message_waits_while_the_database_is_away()
    {
        _store.IsAway = true;
        Assert.Equal(KeepOutcome.Waiting, await _keeper.Keep(Message("01")));
        await Assert.ThrowsAsync<VoicemailAwayException>(() => _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal(1, _keeper.Waiting!.Count);
        Assert.Empty(_events.All);

        _store.IsAway = false;
        Assert.Equal(1, await _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal([Message("01")], _store.Messages);
        Assert.Equal((Message("01"), VoicemailChange.New), (Told.Single().Message, Told.Single().Change));
        Assert.Equal(1u, _lamps.Find(TenantId.Default, "101").New);
        Assert.Equal((0, 0), (_keeper.Waiting!.Count, await _keeper.RegisterWaitingAsync(Stop)));
    }

    // The database took it, and its answer was lost.
    [Fact]
    public async Task One_that_is_in_its_box_already_is_not_put_there_twice()
    {
        _store.Messages.Add(Message("01"));
        _keeper.Waiting!.TryAdd(Message("01"));
        Assert.Equal(1, await _keeper.RegisterWaitingAsync(Stop));
        Assert.Single(_store.Messages);
        Assert.Single(Told);
    }

    // Who left it has been thanked.
    [Fact]
    public async Task A_full_box_takes_those_that_waited()
    {
        _store.Messages.AddRange([Message("01"), Message("02")]);
        _keeper.Waiting!.TryAdd(Message("03"));
        Assert.Equal(1, await _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal(3, _store.Messages.Count);
    }

    [Fact]
    public async Task One_that_the_database_never_takes_holds_up_no_other()
    {
        _store.Refused = "102";
        foreach (var message in new[] { Message("01") with { Number = "102" }, Message("02") with { Number = "102" }, Message("03"), Message("04") })
            Assert.True(_keeper.Waiting!.TryAdd(message));
        Assert.Equal(2, await _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal(["01", "02"], _keeper.Waiting!.All().Select(message => message.Id));
    }

    // As many in a row as look like a database that is away.
    [Fact]
    public async Task Several_that_the_database_never_takes_hold_up_no_other_for_long()
    {
        _store.Refused = "102";
        var keeper = Keeper(mostOfBox: 4);
        foreach (var message in new[] { Message("01") with { Number = "102" }, Message("02") with { Number = "102" }, Message("03") with { Number = "102" }, Message("04") with { Number = "102" }, Message("05") })
            Assert.True(keeper.Waiting!.TryAdd(message));
        await Assert.ThrowsAsync<VoicemailAwayException>(() => keeper.RegisterWaitingAsync(Stop));
        Assert.Equal(1, await keeper.RegisterWaitingAsync(Stop));
        Assert.Equal([Message("05")], _store.Messages);

        _store.Refused = "";
        Assert.Equal(4, await keeper.RegisterWaitingAsync(Stop));
        Assert.Equal(0, keeper.Waiting!.Count);
    }

    // Who gets the number next hears nothing of who had it.
    [Fact]
    public async Task One_whose_extension_was_removed_meanwhile_is_dropped_with_its_sound()
    {
        _store.IsAway = true;
        Assert.Equal(KeepOutcome.Waiting, await _keeper.Keep(Message("01") with { Number = "102" }));
        Assert.Equal(KeepOutcome.Waiting, await _keeper.Keep(Message("02")));
        await Assert.ThrowsAsync<VoicemailAwayException>(() => _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal((2, 0), (_keeper.Waiting!.Count, _store.Dropped.Count));

        (_store.IsAway, _store.Removed) = (false, "102");
        Assert.Equal(1, await _keeper.RegisterWaitingAsync(Stop));
        Assert.Equal([Message("02")], _store.Messages);
        Assert.Equal(["01"], _store.Dropped);
        Assert.Equal("02", Told.Single().Message.Id);
        Assert.Equal((0, 0), (_keeper.Waiting!.Count, Directory.GetFiles(_folder.Path).Length));
    }

    [Fact]
    public async Task One_whose_extension_was_removed_while_it_was_said_is_dropped_at_once()
    {
        _store.Removed = "101";
        Assert.Equal(KeepOutcome.NoOwner, await _keeper.Keep(Message("01")));
        Assert.Equal((0, 0), (_store.Messages.Count, _keeper.Waiting!.Count));
        Assert.Equal(["01"], _store.Dropped);
        Assert.Empty(Told);
    }

    // In more than one step, and the lamps say so.
    [Fact]
    public async Task Old_messages_go_and_are_told_one_by_one()
    {
        for (var i = 0; i < 250; i++)
            _store.Messages.Add(Message($"{i:D3}") with { ReceivedAt = DateTimeOffset.UnixEpoch.AddMinutes(i) });
        Assert.Equal(249, await _keeper.DeleteOldAsync(DateTimeOffset.UnixEpoch.AddMinutes(249), Stop));
        Assert.Equal(["249"], _store.Messages.Select(message => message.Id));
        Assert.Equal(Enumerable.Range(0, 249).Select(i => ($"{i:D3}", VoicemailChange.Deleted)), Told.Select(told => (told.Message.Id, told.Change)));
        Assert.Equal(1u, _lamps.Find(TenantId.Default, "101").New);
        Assert.Equal(0, await _keeper.DeleteOldAsync(DateTimeOffset.UnixEpoch.AddMinutes(249), Stop));
    }

    [Fact]
    public async Task Without_room_it_is_lost_and_the_caller_is_told()
    {
        _store.IsAway = true;
        Assert.Equal(KeepOutcome.Waiting, await _keeper.Keep(Message("01")));
        Assert.Equal(KeepOutcome.Waiting, await _keeper.Keep(Message("02")));
        Assert.False(_keeper.MayWait(TenantId.Default, "101"));
        Assert.Equal(KeepOutcome.Failed, await _keeper.Keep(Message("03")));
    }

    private VoicemailKeeper Keeper(int mostOfBox) => new(
        new VoicemailOptions { MaxMessages = 2, MaxWaiting = 8 }, _store, new MailboxKeeper(_store, _lamps), _store.DropAsync, _events, TimeProvider.System)
    {
        Blocks = false,
        Waiting = new WaitingMessages(_folder.Path, 8, mostOfBox, static (_, _) => { }),
    };

    private IEnumerable<VoicemailEvent> Told => _events.All.OfType<VoicemailEvent>();

    private static VoiceMessage Message(string id) => new(id, TenantId.Default, "101", "100", "call", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(4));
}
