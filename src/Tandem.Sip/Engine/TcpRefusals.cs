using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Engine;

/// <summary>
/// Peers on which nobody listened for TCP: their large requests go over UDP for a while, instead of waiting for the same
/// failure each time. Bounded; forgetting costs one more attempt.
/// </summary>
internal sealed class TcpRefusals
{
    private const int Limit = 4_096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<NetAddress, Moment> _until = [];

    public void Add(in NetAddress peer, Moment now)
    {
        if (_until.Count >= Limit)
            _until.Clear();

        _until[peer] = now + Lifetime;
    }

    public bool Contains(in NetAddress peer, Moment now)
    {
        if (!_until.TryGetValue(peer, out var until))
            return false;

        if (now < until)
            return true;

        _until.Remove(peer);
        return false;
    }
}
