using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>Bounds the TLS handshakes that are under way, in all and for each source. Thread-safe.</summary>
internal sealed class HandshakeGate(TlsOptions options, int ipv6PrefixBits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourceKey, int> _bySource = [];
    private int _count;

    /// <summary>Handshakes of accepted connections under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place, which <see cref="Leave"/> returns; false when there is none.</summary>
    public bool TryEnter(in NetAddress source)
    {
        var key = SourceKey.Of(source, ipv6PrefixBits);
        lock (_lock)
        {
            var ofSource = _bySource.GetValueOrDefault(key);
            if (_count >= options.MaxHandshakes || ofSource >= options.MaxHandshakesPerSource)
                return false;

            _bySource[key] = ofSource + 1;
            _count++;
            return true;
        }
    }

    /// <summary>Returns a place.</summary>
    public void Leave(in NetAddress source)
    {
        var key = SourceKey.Of(source, ipv6PrefixBits);
        lock (_lock)
        {
            _count--;
            var ofSource = _bySource[key];
            if (ofSource == 1)
                _bySource.Remove(key);
            else
                _bySource[key] = ofSource - 1;
        }
    }
}
