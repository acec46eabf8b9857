using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Resolution;

/// <summary>Targets that failed and are skipped for a while. Bounded; owned by one loop.</summary>
internal sealed class RestList(ResolutionOptions options)
{
    private readonly Dictionary<(SipTransportKind, NetAddress), Moment> _until = [];

    public int Count => _until.Count;

    public void Add(in SipFlow target, TimeSpan rest, Moment now)
    {
        var key = (target.Transport, target.Remote);
        var until = now + (rest > options.MaxRestTime ? options.MaxRestTime : rest);
        if (!_until.ContainsKey(key) && _until.Count >= options.MaxResting)
            MakeRoom(now);

        _until[key] = until;
    }

    public void Remove(in SipFlow target)
    {
        if (_until.Count > 0)
            _until.Remove((target.Transport, target.Remote));
    }

    public bool Contains(in SipFlow target, Moment now)
    {
        if (_until.Count == 0 || !_until.TryGetValue((target.Transport, target.Remote), out var until))
            return false;
        if (now < until)
            return true;

        _until.Remove((target.Transport, target.Remote));
        return false;
    }

    private void MakeRoom(Moment now)
    {
        var first = default((SipTransportKind, NetAddress));
        var earliest = Moment.Never;
        var over = new List<(SipTransportKind, NetAddress)>();
        foreach (var (key, until) in _until)
        {
            if (until <= now)
                over.Add(key);
            if (until < earliest)
                (first, earliest) = (key, until);
        }

        if (over.Count == 0)
            _until.Remove(first);
        foreach (var key in over)
            _until.Remove(key);
    }
}
