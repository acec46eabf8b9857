using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

// Queues, agents and figures, for whoever sets them up and looks at them.
public sealed partial class QueueDesk
{
    /// <summary>Sets a queue.</summary>
    public void Configure(StoredQueue queue, Moment now)
    {
        lock (_lock)
        {
            if (!_halls.ContainsKey(queue.Tenant))
                _halls.Add(queue.Tenant, new Hall(queue.Tenant, Options));
            _hasQueues = true;
        }

        Do(queue.Tenant, now, (hall, at) =>
        {
            hall.Engine.Configure(queue.Settings, queue.Members, at);
            hall.Dirty.Add(queue.Settings.Name);
        });
    }

    /// <summary>Removes a queue; false when there is none.</summary>
    public bool Remove(TenantId tenant, string name, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Remove(name, at));

    /// <summary>Takes up who was logged in before the restart.</summary>
    public void Restore(TenantId tenant, AgentLogin login, Moment now) => Do(tenant, now, (hall, at) =>
    {
        hall.Engine.Restore(login, at);
        hall.Logins[login.Number] = login;
    });

    public bool LogIn(TenantId tenant, string agent, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.LogIn(agent, at));

    public bool LogOut(TenantId tenant, string agent, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.LogOut(agent, at));

    public bool Pause(TenantId tenant, string agent, string reason, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Pause(agent, reason, at));

    public bool Resume(TenantId tenant, string agent, Moment now) => Do(tenant, now, (hall, at) => hall.Engine.Resume(agent, at));

    /// <summary>All tenants with queues, and the names of these.</summary>
    public IReadOnlyList<(TenantId Tenant, string Queue)> All()
    {
        lock (_lock)
            return [.. _halls.Values.SelectMany(hall => hall.Engine.Names.Select(name => (hall.Tenant, name)))];
    }

    /// <summary>The settings and members of a queue; null when there is none.</summary>
    public StoredQueue? Find(TenantId tenant, string name)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine is { } engine && engine.SettingsOf(name) is { } settings ? new StoredQueue(tenant, settings, engine.MembersOf(name)) : null;
    }

    /// <summary>The name of the queue at a number; null when there is none.</summary>
    public string? At(TenantId tenant, string number)
    {
        if (!_hasQueues || number.Length == 0)
            return null;

        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.At(number);
    }

    /// <summary>The queues of a tenant by name, with their members.</summary>
    public IReadOnlyList<StoredQueue> Of(TenantId tenant)
    {
        lock (_lock)
        {
            return _halls.GetValueOrDefault(tenant)?.Engine is { } engine
                ? [.. engine.Names.Order(StringComparer.Ordinal).Select(name => new StoredQueue(tenant, engine.SettingsOf(name)!, engine.MembersOf(name)))]
                : [];
        }
    }

    /// <summary>An agent; null when the extension is a member of no queue.</summary>
    public AgentSnapshot? Agent(TenantId tenant, string number, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.FindAgent(number, Later(now));
    }

    /// <summary>The agents of a tenant, or of a queue.</summary>
    public IReadOnlyList<AgentSnapshot> Agents(TenantId tenant, Moment now, string? queue = null)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.Agents(Later(now), queue) ?? [];
    }

    /// <summary>Who waits in a queue.</summary>
    public IReadOnlyList<QueueWaiter> Waiting(TenantId tenant, string queue, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.Waiting(queue, Later(now)) ?? [];
    }

    /// <summary>The figures of a queue; null when there is none.</summary>
    public QueueFigures? Figures(TenantId tenant, string queue, Moment now)
    {
        lock (_lock)
            return _halls.GetValueOrDefault(tenant)?.Engine.FiguresOf(queue, Later(now));
    }

    /// <summary>The figures of all queues of all tenants, for metrics.</summary>
    public IReadOnlyList<QueueFigures> Figures(Moment now)
    {
        if (!_hasQueues)
            return [];

        lock (_lock)
        {
            var at = Later(now);
            return [.. _halls.Values.SelectMany(hall => hall.Engine.Names.Select(name => hall.Engine.FiguresOf(name, at)!))];
        }
    }
}
