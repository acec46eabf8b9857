using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Crash;

/// <summary>
/// The program that <see cref="CrashTests"/> kills: it opens and closes calls without end (bounded to five minutes) and prints the
/// number of each call that the database has taken.
/// </summary>
internal static class CrashChild
{
    public const string Argument = "--crash-child";

    public static async Task<int> RunAsync(string dataDirectory, string postgresUrl)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var storage = TandemStorage.OpenForServing(new StorageOptions { DataDirectory = dataDirectory, PostgresUrl = postgresUrl });
        for (var i = 0; !end.IsCancellationRequested; i += 10)
        {
            for (var n = i; n < i + 10; n++)
                storage.Journal.Opened(Sample.Opened(n));
            await storage.Writer.FlushAsync(end.Token);
            Console.WriteLine($"open {i + 9}");

            // Some of these are committed when the kill comes, some wait, and calls that end in 7 are never closed.
            for (var n = i; n < i + 10; n++)
            {
                storage.Journal.Answered(Sample.Answered(n));
                if (n % 10 != 7)
                    storage.Journal.Closed(Sample.Ended(n));
            }
        }

        return 0;
    }
}
