using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>
/// Keeps store and desk alike: a queue is stored and then set, one change after the other; what another process changes is seen at intervals. Who logs in is written behind, the
/// newest state of each agent, and tried again while the store is away. Thread-safe.
/// </summary>
public sealed class QueueKeeper : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly IQueueStore _store;
    private readonly Func<Moment> _now;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _fault;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Dictionary<(TenantId Tenant, string Agent), AgentLogin?> _logins = [];
    private Dictionary<(TenantId Tenant, string Id), QueueCallback?> _callbacks = [];
    private long _version = -1;
    private Task _saving = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    /// <param name="store">Where queues are stored.</param>
    /// <param name="desk">Where they work.</param>
    /// <param name="now">The clock of the desk.</param>
    /// <param name="time">Measures pauses.</param>
    /// <param name="fault">Hears what went wrong; it must not throw.</param>
    public QueueKeeper(IQueueStore store, QueueDesk desk, Func<Moment> now, TimeProvider time, Action<string, Exception> fault)
    {
        _store = store;
        Desk = desk;
        _now = now;
        _time = time;
        _fault = fault;
    }

    /// <summary>What is in force.</summary>
    public QueueDesk Desk { get; }

    /// <summary>Changes of logins and callbacks that are not stored yet.</summary>
    public int Unsaved
    {
        get
        {
            lock (_lock)
                return _logins.Count + _callbacks.Count;
        }
    }

    /// <summary>Reads what is stored, and from now on follows it and writes who logs in.</summary>
    /// <param name="poll">How often it is looked for changes of others; zero: never.</param>
    public async Task StartAsync(TimeSpan poll, CancellationToken cancellation = default)
    {
        await RefreshAsync(cancellation);
        foreach (var (tenant, login) in await _store.LoginsAsync(cancellation))
            Desk.Restore(tenant, login, _now());

        Desk.LoginChanged = Changed;
        Desk.CallbackChanged = Changed;
        foreach (var (tenant, callback) in await _store.CallbacksAsync(cancellation))
            Desk.Restore(tenant, callback, _now());
        _saving = SaveLoopAsync();
        if (poll > TimeSpan.Zero)
            _following = FollowAsync(poll);
    }

    /// <summary>Changes a queue and its members, or makes it (<see cref="IQueueStore.ChangeAsync"/>).</summary>
    public async Task<StoredQueue?> ChangeAsync(TenantId tenant, string name, Func<StoredQueue?, StoredQueue?> change, CancellationToken cancellation = default)
    {
        StoredQueue? changed = null;
        await ChangeAsync(async token => changed = await _store.ChangeAsync(tenant, name, change, token), cancellation);
        return changed;
    }

    /// <summary>Removes a queue; who waits there has left it. False when there is none.</summary>
    public async Task<bool> RemoveAsync(TenantId tenant, string name, CancellationToken cancellation = default)
    {
        var removed = false;
        await ChangeAsync(async token => removed = await _store.DeleteAsync(tenant, name, token), cancellation);
        return removed;
    }

    /// <summary>Sets what was changed in the store since the last time.</summary>
    public Task RefreshAsync(CancellationToken cancellation = default) => ChangeAsync(static _ => Task.CompletedTask, cancellation);

    /// <summary>Stops, and writes what is not written yet.</summary>
    public async ValueTask DisposeAsync()
    {
        Desk.LoginChanged = null;
        Desk.CallbackChanged = null;
        await _stop.CancelAsync();
        await _saving;
        await _following;
        await SaveAllAsync(CancellationToken.None);
        _stop.Dispose();
        _turn.Dispose();
        _changed.Dispose();
    }

    private async Task ChangeAsync(Func<CancellationToken, Task> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await change(cancellation);
            var version = await _store.VersionAsync(cancellation);
            if (version == _version)
                return;

            Set(await _store.QueuesAsync(cancellation));
            _version = version;
        }
        finally
        {
            _turn.Release();
        }
    }

    // Only what differs: setting a queue again tells its figures.
    private void Set(IReadOnlyList<StoredQueue> stored)
    {
        var names = new HashSet<(TenantId, string)>();
        foreach (var queue in stored)
        {
            names.Add((queue.Tenant, queue.Settings.Name));
            if (Desk.Find(queue.Tenant, queue.Settings.Name) is not { } known || known.Settings != queue.Settings || !known.Members.SequenceEqual(queue.Members))
                Desk.Configure(queue, _now());
        }

        foreach (var (tenant, name) in Desk.All())
        {
            if (!names.Contains((tenant, name)))
                Desk.Remove(tenant, name, _now());
        }
    }

    private void Changed(TenantId tenant, string agent, AgentLogin? login)
    {
        lock (_lock)
            _logins[(tenant, agent)] = login;
        _changed.Release();
    }

    private void Changed(TenantId tenant, string id, QueueCallback? callback)
    {
        lock (_lock)
            _callbacks[(tenant, id)] = callback;
        _changed.Release();
    }

    private async Task SaveLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _changed.WaitAsync(_stop.Token);
                if (await SaveAllAsync(_stop.Token))
                    continue;

                using var pause = new PeriodicTimer(RetryPause, _time);
                await pause.WaitForNextTickAsync(_stop.Token);
                _changed.Release();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> SaveAllAsync(CancellationToken cancellation) =>
        await SaveAllAsync(Take(ref _logins), _logins, (key, login) => _store.SaveLoginAsync(key.Tenant, key.Agent, login, cancellation), cancellation)
        & await SaveAllAsync(Take(ref _callbacks), _callbacks, (key, callback) => _store.SaveCallbackAsync(key.Tenant, key.Id, callback, cancellation), cancellation);

    private Dictionary<TKey, TValue> Take<TKey, TValue>(ref Dictionary<TKey, TValue> changes)
        where TKey : notnull
    {
        lock (_lock)
        {
            var taken = changes;
            changes = [];
            return taken;
        }
    }

    private async Task<bool> SaveAllAsync<TKey, TValue>(Dictionary<TKey, TValue> taken, Dictionary<TKey, TValue> newer, Func<TKey, TValue, Task> save, CancellationToken cancellation)
        where TKey : notnull
    {
        while (taken.Count > 0)
        {
            var (key, value) = taken.First();
            try
            {
                await save(key, value);
                taken.Remove(key);
            }
            catch (Exception e)
            {
                // What came meanwhile is newer.
                lock (_lock)
                {
                    foreach (var (old, state) in taken)
                        newer.TryAdd(old, state);
                }

                if (e is OperationCanceledException && cancellation.IsCancellationRequested)
                    throw;
                _fault("the store does not take who is logged in to queues, or is to be called back; it is tried again", e);
                return false;
            }
        }

        return true;
    }

    private async Task FollowAsync(TimeSpan poll)
    {
        using var timer = new PeriodicTimer(poll, _time);
        while (true)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(_stop.Token))
                    return;

                await RefreshAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _fault("queues were not looked for in the store", e);
            }
        }
    }
}
