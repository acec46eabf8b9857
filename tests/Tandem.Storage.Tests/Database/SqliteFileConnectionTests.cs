using Tandem.Storage.Database;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Database;

// The moment in which the provider lends a handle twice is some instructions long: no test meets it. That nobody else is in it can be seen.
public sealed class SqliteFileConnectionTests() : StorageTests(null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Enough for what does not wait, and of no matter for what does.
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Whoever_opens_or_closes_waits_for_who_does_so_already()
    {
        using var database = SqliteDatabase.OpenFile(Options);
        var open = database.Connect();
        Assert.IsType<SqliteFileConnection>(open);
        await WaitsAsync(() => database.Connect().Dispose());
        await WaitsAsync(() => database.OpenWriteSession().Dispose());
        await WaitsAsync(open.Dispose);
    }

    private static async Task WaitsAsync(Action work)
    {
        Task task;
        bool isDone;
        using var began = new ManualResetEventSlim();
        lock (SqliteFileConnection.Gate)
        {
            task = Task.Factory.StartNew(
                () =>
                {
                    began.Set();
                    work();
                }, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.True(began.Wait(Patience, Cancellation));
            isDone = ((IAsyncResult)task).AsyncWaitHandle.WaitOne(AMoment);
        }

        Assert.False(isDone);
        await task.WaitAsync(Patience, Cancellation);
    }
}
