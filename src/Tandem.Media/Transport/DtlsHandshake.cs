using System.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Plan;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// The DTLS association of one component and whom it is with (RFC 5764 §5.1.2). An association lives as long as plans name the same
/// identity (RFC 8842 §4); another identity makes another association, and what was agreed before stays in use until it has keys.
/// Owned by the media loop, which computes none of it: what arrives is gathered, computed in turns by the desk of the session, in the
/// order in which it came and one turn at a time, and what came of a turn is taken up on the loop.
/// </summary>
internal sealed class DtlsHandshake : IHandshakeWork, IDisposable
{
    // Who has the association: the loop; a turn under way; a turn after whose end nobody wants it.
    private const int OfLoop = 0;
    private const int Computing = 1;
    private const int Ended = 2;

    private readonly DtlsAssociation _association;
    private readonly HandshakeTurn _turn;
    private readonly List<HandshakeStep> _inbox = [];
    private readonly TransportComponent _component;
    private readonly IHandshakeDesk _desk;
    private readonly DtlsOptions _options;
    private readonly string _identity;
    private Moment _retry = Moment.Never;
    private int _owner;
    private int _datagrams;
    private bool _isBegun;
    private bool _isTold;

    // Of the loop: a turn was given away and its end not taken up yet.
    private bool _isAway;

    public DtlsHandshake(DtlsPlan plan, MediaOptions options, bool verifySource, TransportComponent component, IHandshakeDesk desk)
    {
        _association = new DtlsAssociation(
            DtlsCertificate.All[plan.Certificate], plan.IsClient, plan.Fingerprints, options.SrtpProfiles, options.Dtls, verifySource);
        _turn = new HandshakeTurn(_association, options.Dtls.Mtu);
        _identity = plan.Identity;
        _options = options.Dtls;
        _component = component;
        _desk = desk;
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called; never while a turn is away, whose end says when.</summary>
    public Moment Deadline => _isAway ? Moment.Never : _retry != Moment.Never ? _retry : _turn.Deadline;

    /// <summary>With whom: where the last datagram came from that was taken, or where we began. Only after a turn.</summary>
    public NetAddress Peer => _turn.Peer;

    public DtlsFailure Failure => _turn.Failure;

    /// <summary>True when a plan goes on with this association.</summary>
    public bool Serves(DtlsPlan plan) => plan.Identity == _identity && plan.IsClient == _association.IsClient;

    /// <summary>A client begins as soon as it knows where to.</summary>
    public void Begin(NetAddress target, Moment now)
    {
        if (_isBegun || !_association.IsClient || target.IsUnspecified)
            return;

        _isBegun = true;
        Tell(new HandshakeStep(HandshakeStepKind.Begin, null, 0, target, now));
    }

    /// <summary>Takes a datagram from an address that may shake hands; false when it was dropped.</summary>
    public bool Take(ReadOnlySpan<byte> packet, in NetAddress source, Moment now)
    {
        if (!DtlsAssociation.AreRecords(packet) || (!_isAway && _turn.State is DtlsState.Closed or DtlsState.Failed))
            return false;
        if (_datagrams >= _options.MaxWaitingDatagrams)
        {
            _component.Transport.Loop.Counters.HandshakesDroppedField++;
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(buffer);
        _datagrams++;
        return Tell(new HandshakeStep(HandshakeStepKind.Datagram, buffer, packet.Length, source, now)) && (_isAway || _turn.HasTaken);
    }

    public void OnDeadline(Moment now)
    {
        if (_isAway)
            return;

        _retry = Moment.Never;
        if (_turn.Deadline <= now)
            Tell(new HandshakeStep(HandshakeStepKind.Deadline, null, 0, default, now));
    }

    /// <summary>Sends what is to be sent.</summary>
    public void Flush(MediaSocket? socket, ISocketLoop loop)
    {
        if (_isAway)
            return;

        foreach (var (datagram, target) in _turn.Output)
        {
            if (socket is not null && socket.IsV6 == target.IsV6 && !target.IsUnspecified)
                loop.Send(socket, datagram, target);
        }

        _turn.Output.Clear();
    }

    /// <summary>The keys, once, when the peer has proved who it is.</summary>
    public bool TryTakeKeys(out SrtpProfile profile, out SrtpKey inbound, out SrtpKey outbound)
    {
        (profile, inbound, outbound) = (default, null!, null!);
        if (_isAway || _turn.Keys is not { } keys)
            return false;

        (profile, inbound, outbound) = keys;
        _turn.Keys = null;
        return true;
    }

    /// <summary>True once, when it came to nothing.</summary>
    public bool HasJustFailed()
    {
        if (_isTold || _isAway || _turn.State != DtlsState.Failed)
            return false;

        _isTold = true;
        return true;
    }

    void IHandshakeWork.Compute()
    {
        try
        {
            _turn.Compute(() => Volatile.Read(ref _owner) == Ended);
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _owner, OfLoop, Computing) == Ended)
                _association.Dispose();
        }
    }

    void IHandshakeWork.Finish(Moment now)
    {
        _isAway = false;
        if (Volatile.Read(ref _owner) == Ended)
            return;

        _component.Shaken(this, now);
        if (!_isAway && _inbox.Count > 0 && !Start(now))
            _component.Changed(_component.Transport.Loop);
    }

    /// <summary>Ends it. What a turn that is away comes to concerns nobody; libssl's memory goes with the turn, or on the desk, for to free it takes its time too.</summary>
    public void Dispose()
    {
        DropInbox();
        switch (Interlocked.Exchange(ref _owner, Ended))
        {
            case OfLoop:
                // Also when a turn has ended whose end was not taken up yet.
                if (!_desk.TryStart(new Release(_association), Moment.Zero))
                    _association.Dispose();
                break;
            case Computing:
            case Ended:
                break;
        }
    }

    // A turn that is away takes nothing more; what comes meanwhile makes the next one.
    private bool Tell(in HandshakeStep step)
    {
        _inbox.Add(step);
        return _isAway || Start(step.Now);
    }

    // Refused: datagrams are lost as on the network, and sent again by whoever waits for an answer. What we ourselves have to do is tried again.
    private bool Start(Moment now)
    {
        _turn.Steps.AddRange(_inbox);
        _inbox.Clear();
        _datagrams = 0;
        _isAway = true;
        Volatile.Write(ref _owner, Computing);
        if (_desk.TryStart(this, now))
        {
            _retry = Moment.Never;
            return true;
        }

        Volatile.Write(ref _owner, OfLoop);
        _isAway = false;
        foreach (var step in _turn.Steps)
        {
            if (step.Kind == HandshakeStepKind.Datagram)
                continue;

            _isBegun &= step.Kind != HandshakeStepKind.Begin;
            _retry = now + _options.RetransmitTime;
        }

        _component.Transport.Loop.Counters.HandshakesDroppedField += _turn.Drop();
        return false;
    }

    private void DropInbox()
    {
        foreach (var step in _inbox)
        {
            if (step.Buffer is { } buffer)
                ArrayPool<byte>.Shared.Return(buffer);
        }

        _inbox.Clear();
        _datagrams = 0;
    }

    private sealed class Release(DtlsAssociation association) : IHandshakeWork
    {
        public void Compute() => association.Dispose();

        public void Finish(Moment now)
        {
        }
    }
}
