using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Plan;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// The DTLS association of one component and whom it is with (RFC 5764 §5.1.2). An association lives as long as plans name the same
/// identity (RFC 8842 §4); another identity makes another association, and what was agreed before stays in use until it has keys.
/// Owned by the media loop.
/// </summary>
internal sealed class DtlsHandshake : IDisposable
{
    private readonly DtlsAssociation _association;
    private readonly string _identity;
    private readonly byte[] _datagram;
    private NetAddress _peer;
    private bool _isStarted;
    private bool _isTold;

    public DtlsHandshake(DtlsPlan plan, MediaOptions options, bool verifySource)
    {
        _association = new DtlsAssociation(
            DtlsCertificate.All[plan.Certificate], plan.IsClient, plan.Fingerprints, options.SrtpProfiles, options.Dtls, verifySource);
        _identity = plan.Identity;
        _datagram = new byte[options.Dtls.Mtu];
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Moment Deadline => _association.Deadline;

    /// <summary>With whom: where the last datagram came from that was taken, or where we began.</summary>
    public NetAddress Peer => _peer;

    public DtlsState State => _association.State;

    public DtlsFailure Failure => _association.Failure;

    /// <summary>True when a plan goes on with this association.</summary>
    public bool Serves(DtlsPlan plan) => plan.Identity == _identity && plan.IsClient == _association.IsClient;

    /// <summary>A client begins as soon as it knows where to.</summary>
    public void Begin(NetAddress target, Moment now)
    {
        if (_isStarted || !_association.IsClient || target.IsUnspecified)
            return;

        _isStarted = true;
        _peer = target;
        _association.Start(now);
    }

    /// <summary>Takes a datagram from an address that may shake hands; false when it was dropped.</summary>
    public bool Take(ReadOnlySpan<byte> packet, in NetAddress source, Moment now)
    {
        if (!_association.Receive(packet, now))
            return false;

        _isStarted = true;
        _peer = source;
        return true;
    }

    public void OnDeadline(Moment now) => _association.OnDeadline(now);

    /// <summary>Sends what is to be sent.</summary>
    public void Flush(MediaSocket? socket, ISocketLoop loop)
    {
        while (_association.TryTakeOutput(_datagram, out var length))
        {
            if (socket is not null && socket.IsV6 == _peer.IsV6 && !_peer.IsUnspecified)
                loop.Send(socket, _datagram.AsSpan(0, length), _peer);
        }
    }

    /// <summary>The keys, once, when the peer has proved who it is.</summary>
    public bool TryTakeKeys(out SrtpProfile profile, out SrtpKey inbound, out SrtpKey outbound)
    {
        var isNew = _association.TakeKeys(out profile, out var from, out var to);
        inbound = from!;
        outbound = to!;
        return isNew && from is not null && to is not null;
    }

    /// <summary>True once, when it came to nothing.</summary>
    public bool HasJustFailed()
    {
        if (_isTold || _association.State != DtlsState.Failed)
            return false;

        _isTold = true;
        return true;
    }

    public void Dispose() => _association.Dispose();
}
