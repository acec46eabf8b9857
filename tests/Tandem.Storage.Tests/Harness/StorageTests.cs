using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Ivr;
using Tandem.Storage.Webhooks;

namespace Tandem.Storage.Tests.Harness;

/// <summary>
/// Base of tests that run on both databases: each class has two subclasses, and each test an empty database and DATA_DIR of its own.
/// </summary>
public abstract class StorageTests : IAsyncDisposable
{
    private readonly List<TandemStorage> _open = [];

    protected StorageTests(PostgresServer? postgres)
    {
        DataDirectory = Directory.CreateTempSubdirectory("tandem-storage-").FullName;
        Options = new StorageOptions
        {
            DataDirectory = DataDirectory,
            PostgresUrl = postgres?.NewSchema(),
            RetryMinimum = TimeSpan.FromMilliseconds(20),
            RetryMaximum = TimeSpan.FromMilliseconds(100),
        };
    }

    protected string DataDirectory { get; }

    protected StorageOptions Options { get; set; }

    protected bool IsPostgres => Options.PostgresUrl is not null;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A server's storage; closed at the end of the test.</summary>
    protected TandemStorage Serve(TimeProvider? time = null, FlowReading? flows = null)
    {
        var storage = TandemStorage.OpenForServing(Options, time, flows);
        _open.Add(storage);
        return storage;
    }

    /// <summary>A storage as a command of the command line opens it.</summary>
    protected TandemStorage OpenBeside(TimeProvider? time = null)
    {
        var storage = TandemStorage.Open(Options, time);
        _open.Add(storage);
        return storage;
    }

    /// <summary>A webhook that takes all events: without any in the installation, the outbox gets none.</summary>
    protected static async Task<Webhook> WantEventsAsync(TandemStorage storage, string types = "*") =>
        (await storage.Webhooks.AddAsync(TenantId.Default, "https://example.org/hook", "", types.Split(','), true, most: 10, Cancellation))!;

    protected static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(2, deadline.Token);
    }

    protected async Task CloseAsync(TandemStorage storage)
    {
        _open.Remove(storage);
        await storage.DisposeAsync();
    }

    protected static long Count(TandemStorage storage, string table)
    {
        using var connection = storage.Database.Connect();
        return connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}");
    }

    protected static T Scalar<T>(TandemStorage storage, string sql)
    {
        using DbConnection connection = storage.Database.Connect();
        return connection.ExecuteScalar<T>(sql)!;
    }

    protected static void Execute(TandemStorage storage, string sql)
    {
        using var connection = storage.Database.Connect();
        connection.Execute(sql);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in Enumerable.Reverse(_open))
            await storage.DisposeAsync();

        Directory.Delete(DataDirectory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
