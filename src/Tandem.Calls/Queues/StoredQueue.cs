using Tandem.Calls.Tenants;

namespace Tandem.Calls.Queues;

/// <summary>A queue as it is stored.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Settings">How it behaves.</param>
/// <param name="Members">Who serves it, by number.</param>
public sealed record StoredQueue(TenantId Tenant, QueueSettings Settings, IReadOnlyList<QueueMember> Members)
{
    /// <summary>The same with a member, new or changed; null when there are <paramref name="most"/> others.</summary>
    public StoredQueue? With(QueueMember member, int most)
    {
        var others = Members.Where(other => other.Number != member.Number).ToList();
        return others.Count >= most ? null : this with { Members = [.. others, member] };
    }

    /// <summary>The same without a member; null when it has none of that number.</summary>
    public StoredQueue? Without(string number) =>
        Members.Any(member => member.Number == number) ? this with { Members = [.. Members.Where(member => member.Number != number)] } : null;
}
