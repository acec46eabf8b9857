using System.Collections.Concurrent;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Routing;

/// <summary>
/// What each extension dialled last, and who called it last: in memory, one entry an extension. One instance for all shards; a call that only replaces an entry allocates nothing.
/// </summary>
internal sealed class LastNumbers
{
    private readonly ConcurrentDictionary<(TenantId, string), string> _dialled = new();
    private readonly ConcurrentDictionary<(TenantId, string), string> _callers = new();

    /// <summary>An extension dials a number, and that number is called.</summary>
    /// <param name="isSecret">The callee must not learn who calls.</param>
    public void Note(TenantId tenant, string caller, string called, bool isSecret)
    {
        _dialled[(tenant, caller)] = called;
        if (!isSecret)
            NoteCaller(tenant, called, caller);
    }

    /// <summary>Somebody from outside calls an extension.</summary>
    public void NoteCaller(TenantId tenant, string called, string caller) => _callers[(tenant, called)] = caller;

    /// <summary>What the extension dialled last; null for nothing.</summary>
    public string? DialledBy(TenantId tenant, string number) => _dialled.GetValueOrDefault((tenant, number));

    /// <summary>Who called the extension last; null for nobody.</summary>
    public string? CallerOf(TenantId tenant, string number) => _callers.GetValueOrDefault((tenant, number));
}
