using Tandem.Calls.Ports;
using Tandem.Core.Time;

namespace Tandem.Calls.Registrar;

/// <summary>
/// How many contacts a tenant has at other nodes and not here, for one that is at its limit: to count them visits all, so it is done once a second however many phones are refused. Shared by the shards.
/// </summary>
internal sealed class BindingsElsewhere
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Moment? _countedAt;
    private int _count;

    /// <summary>Whether contacts of a number may come here; those of them that are at another node have their place already, and leave the count.</summary>
    /// <param name="key">Whose they are.</param>
    /// <param name="left">How many the tenant may have at other nodes and not here.</param>
    /// <param name="remote">What is at other nodes.</param>
    /// <param name="comes">Whether the contact of that key is one of those that come.</param>
    /// <param name="isHere">Whether a number has the contact of that key here.</param>
    public bool HasRoom(AorKey key, int left, Moment now, IRemoteBindings remote, Func<string, bool> comes, Func<string, string, bool> isHere)
    {
        lock (_lock)
        {
            if (_countedAt is not { } at || now - at >= Lifetime)
            {
                _count = remote.CountOf(key.Tenant, isHere);
                _countedAt = now;
            }

            var moving = remote.CountOf(key.Tenant, key.Number, contact => comes(contact) && !isHere(key.Number, contact));
            if (_count - moving > left)
                return false;

            _count -= moving;
            return true;
        }
    }
}
