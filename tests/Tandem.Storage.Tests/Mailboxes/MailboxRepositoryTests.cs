using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Mailboxes;

public sealed class MailboxRepositoryOnSqliteTests() : MailboxRepositoryTests(null);

public sealed class MailboxRepositoryOnPostgresTests(PostgresServer postgres) : MailboxRepositoryTests(postgres);

public abstract class MailboxRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task Counts_come_back_and_zeros_leave_no_row()
    {
        var storage = Serve();
        using var keeper = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        await keeper.SetAsync(TenantId.Default, "100", new MailboxCounts(1, 2), Cancellation);
        await keeper.SetAsync(TenantId.Default, "100", new MailboxCounts(3, uint.MaxValue, 2, 4), Cancellation);
        await keeper.SetAsync(TenantId.Default, "101", new MailboxCounts(1, 0), Cancellation);
        await keeper.SetAsync(TenantId.Default, "101", default, Cancellation);

        using var next = new MailboxKeeper(storage.Mailboxes, new MailboxTable());
        await next.LoadAsync(Cancellation);
        Assert.Equal([new Mailbox(TenantId.Default, "100", new MailboxCounts(3, uint.MaxValue, 2, 4))], next.Table.All(TenantId.Default));
        Assert.Equal(keeper.Table.All(TenantId.Default), next.Table.All(TenantId.Default));
    }
}
