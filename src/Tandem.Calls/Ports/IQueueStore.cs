using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Keeps queues and who is logged in over a restart.</summary>
public interface IQueueStore
{
    /// <summary>Grows with each change of a queue, whoever made it.</summary>
    Task<long> VersionAsync(CancellationToken cancellation = default);

    /// <summary>All queues of all tenants.</summary>
    Task<IReadOnlyList<StoredQueue>> QueuesAsync(CancellationToken cancellation = default);

    /// <summary>All agents who are logged in.</summary>
    Task<IReadOnlyList<(TenantId Tenant, AgentLogin Login)>> LoginsAsync(CancellationToken cancellation = default);

    /// <summary>Who is to be called back by this node, oldest first.</summary>
    Task<IReadOnlyList<(TenantId Tenant, QueueCallback Callback)>> CallbacksAsync(CancellationToken cancellation = default);

    /// <summary>Writes a callback anew or over what is known of it; null when it is over.</summary>
    Task SaveCallbackAsync(TenantId tenant, string id, QueueCallback? callback, CancellationToken cancellation = default);

    /// <summary>Writes a queue anew or over the one with its name.</summary>
    /// <exception cref="NumberTakenException">Something else of the tenant has its number.</exception>
    Task SaveAsync(StoredQueue queue, CancellationToken cancellation = default);

    /// <summary>
    /// Changes what is stored of a queue, whoever else changes it at the same time: one after the other, each sees what the one before left.
    /// </summary>
    /// <param name="change">Gets what is stored, null for nothing; what it returns is written, null leaves it as it is. It may not wait.</param>
    /// <returns>What <paramref name="change"/> returned.</returns>
    /// <exception cref="NumberTakenException">Something else of the tenant has the number that the queue is to get.</exception>
    Task<StoredQueue?> ChangeAsync(TenantId tenant, string name, Func<StoredQueue?, StoredQueue?> change, CancellationToken cancellation = default);

    /// <summary>Removes a queue; false when there was none.</summary>
    Task<bool> DeleteAsync(TenantId tenant, string name, CancellationToken cancellation = default);

    /// <summary>Writes how an agent is logged in; null when he is not.</summary>
    Task SaveLoginAsync(TenantId tenant, string number, AgentLogin? login, CancellationToken cancellation = default);
}
