using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Server.Rest;

namespace Tandem.Server.Streams;

public sealed class StreamFollowerTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // What is older than the tail in memory comes from the database; a client must know that it is to come back for it.
    [Fact]
    public async Task A_replay_that_the_database_does_not_give_ends_with_the_reason()
    {
        await using var server = await ApiServer.StartAsync();
        server.Storage.Streams.Want(TenantId.Default, At, DateTimeOffset.UtcNow.AddHours(1));
        for (var i = 1; i <= 3; i++)
            server.Storage.Outbox.Publish(new CallCreated(FakeExchange.Call(i, CallState.Initiated), At));
        await server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);
        await using (var connection = server.Storage.Database.Connect())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE stream_events RENAME TO gone";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (client, _) = await EventClient.OpenAsync(server, "after=1");
        using var __ = client;
        Assert.Equal((1011, "The database is away; come back with after=1"), await client.ClosedAsync());
    }
}
