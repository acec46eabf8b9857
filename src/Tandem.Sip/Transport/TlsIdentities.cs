using System.Collections.Concurrent;

namespace Tandem.Sip.Transport;

/// <summary>
/// The identities that connections of ours may show, by the number that <see cref="Engine.SipFlow.Identity"/> names. A number is never used again:
/// who gets another certificate gets another number, and with it another connection. Thread-safe.
/// </summary>
public sealed class TlsIdentities
{
    private readonly ConcurrentDictionary<int, TlsIdentity> _known = new();
    private int _last;

    /// <summary>Identities that are kept.</summary>
    public int Count => _known.Count;

    /// <summary>Keeps an identity. Returns its number, which is above 0.</summary>
    public int Add(TlsIdentity identity)
    {
        var number = Interlocked.Increment(ref _last);
        _known[number] = identity;
        return number;
    }

    /// <summary>A number that stands for no identity: what should show it is not opened at all.</summary>
    public int AddNone() => Interlocked.Increment(ref _last);

    /// <summary>Forgets an identity: no connection is opened with it any more.</summary>
    public void Remove(int number) => _known.TryRemove(number, out _);

    /// <summary>The identity; null when there is none of that number.</summary>
    public TlsIdentity? Find(int number) => _known.GetValueOrDefault(number);
}
