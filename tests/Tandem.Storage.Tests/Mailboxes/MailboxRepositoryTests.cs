using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Mailboxes;

public sealed class MailboxRepositoryOnSqliteTests() : MailboxRepositoryTests(null);

public sealed class MailboxRepositoryOnPostgresTests(PostgresServer postgres) : MailboxRepositoryTests(postgres);

public abstract class MailboxRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task Counts_come_back()
    {
        var storage = Serve();
        using var keeper = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        await keeper.SetAsync(TenantId.Default, "100", new MailboxCounts(1, 2), Cancellation);
        await keeper.SetAsync(TenantId.Default, "100", new MailboxCounts(3, uint.MaxValue, 2, 4), Cancellation);
        await keeper.SetAsync(TenantId.Default, "101", new MailboxCounts(1, 0), Cancellation);
        await keeper.SetAsync(TenantId.Default, "101", default, Cancellation);

        using var next = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        await next.RefreshAsync(Cancellation);
        Assert.Equal([new Mailbox(TenantId.Default, "100", new MailboxCounts(3, uint.MaxValue, 2, 4))], next.Table.All(TenantId.Default));
        Assert.Equal(keeper.Table.All(TenantId.Default), next.Table.All(TenantId.Default));
    }

    // The phone that subscribed at another node than that which took the message.
    [Fact]
    public async Task What_another_node_changed_is_told_once_and_what_is_known_is_not()
    {
        var storage = Serve();
        using var here = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        using var there = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        var told = new List<(string Number, MailboxCounts Counts)>();
        here.Table.Changed = (tenant, number) => told.Add((number, here.Table.Find(tenant, number)));

        await there.SetAsync(TenantId.Default, "100", new MailboxCounts(1, 0), Cancellation);
        await here.RefreshAsync(Cancellation);
        await here.RefreshAsync(Cancellation);
        Assert.Equal([("100", new MailboxCounts(1, 0))], told);

        await here.SetAsync(TenantId.Default, "101", new MailboxCounts(2, 0), Cancellation);
        await here.RefreshAsync(Cancellation);
        Assert.Equal(2, told.Count);

        await there.SetAsync(TenantId.Default, "100", default, Cancellation);
        await here.RefreshAsync(Cancellation);
        Assert.Equal(("100", default), told[^1]);
        Assert.Equal([new Mailbox(TenantId.Default, "101", new MailboxCounts(2, 0))], here.Table.All(TenantId.Default));
    }
}
