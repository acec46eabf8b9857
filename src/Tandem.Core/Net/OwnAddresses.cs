namespace Tandem.Core.Net;

/// <summary>
/// The addresses of this machine, whatever their ports, also public ones: what a stranger names must not lead back here, past a firewall or to what trusts its own host. Thread-safe.
/// </summary>
public sealed class OwnAddresses
{
    private volatile NetAddress[] _all = [];

    /// <summary>The addresses, without ports.</summary>
    public IReadOnlyList<NetAddress> All => _all;

    /// <summary>Replaces them; unspecified ones are none.</summary>
    public void Set(IEnumerable<NetAddress> addresses) =>
        _all = [.. addresses.Where(address => !address.IsUnspecified).Select(address => address.WithPort(0)).Distinct()];

    /// <summary>True for one of them.</summary>
    public bool Has(in NetAddress address)
    {
        var all = _all;
        var asked = address.WithPort(0);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] == asked)
                return true;
        }

        return false;
    }
}
