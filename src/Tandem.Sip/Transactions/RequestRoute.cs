using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;

namespace Tandem.Sip.Transactions;

/// <summary>The targets that a request has not tried yet (RFC 3263 §4.3). Owned by its client transaction.</summary>
internal sealed class RequestRoute
{
    private SipTargetList? _list;
    private int _next;
    private byte[]? _uri;

    /// <summary>Targets that were located; the first one is being tried.</summary>
    public RequestRoute(SipTargetList list)
    {
        _list = list;
        _next = 1;
    }

    /// <summary>A flow is being tried; if it fails, <paramref name="uri"/> is located.</summary>
    /// <param name="uri">The next hop of the dialog.</param>
    /// <param name="isSecure">The flow is TLS: what follows must be too.</param>
    /// <param name="isGuarded">What follows must be where the user lets requests go, see <see cref="Engine.SipEngine.MayReach"/>.</param>
    public RequestRoute(ReadOnlySpan<byte> uri, bool isSecure, bool isGuarded = false)
    {
        IsGuarded = isGuarded;
        _uri = uri.ToArray();
        IsSecure = isSecure;
        IsNamed = SipLocator.IsName(uri);
    }

    /// <summary>True when the present target came from a location: its failures are remembered.</summary>
    public bool IsLocated => _list is not null;

    /// <summary>True when the location found no target at all.</summary>
    public bool IsNowhere => _list is { Count: 0 };

    /// <summary>True while there is something left to try without waiting for the end of the transaction.</summary>
    public bool HasMore => _list is not null ? _next < _list.Count : IsNamed && _uri is not null;

    /// <summary>The domain that the present target was found for (<see cref="SipPacket.ServerName"/>); null while none was resolved.</summary>
    public string? Domain => _list is { Domain.Length: > 0 } list ? list.Domain : null;

    /// <summary>Only targets over TLS are allowed.</summary>
    public bool IsSecure { get; }

    /// <summary>Only targets are allowed that the user lets requests go to.</summary>
    public bool IsGuarded { get; }

    /// <summary>The URI is a name, which may lead to several targets.</summary>
    private bool IsNamed { get; }

    /// <summary>Takes the next target, not the one that just failed; false when none is left.</summary>
    public bool TryTake(in SipFlow failed, out SipFlow target)
    {
        while (_list is not null && _next < _list.Count)
        {
            target = _list[_next++];

            // Who saw a certificate of one account is not shown another's, nor the installation's.
            if (failed.Identity != 0 && target.Transport == SipTransportKind.Tls)
                target = target with { Identity = failed.Identity };
            if (IsSecure && target.Transport is not (SipTransportKind.Tls or SipTransportKind.Wss))
                continue;
            if (target.Transport != failed.Transport || target.Remote != failed.Remote || target.Connection != failed.Connection)
                return true;
        }

        target = default;
        return false;
    }

    /// <summary>Takes the URI to be located now; null when there is none, or it was taken before.</summary>
    public byte[]? TakeUri()
    {
        var uri = _uri;
        _uri = null;
        return uri;
    }

    /// <summary>What the URI led to.</summary>
    public void Continue(SipTargetList list)
    {
        _list = list;
        _next = 0;
    }
}
