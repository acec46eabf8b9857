using System.Collections.Concurrent;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Plan;
using Tandem.Media.Quality;
using Tandem.Media.Rtp;
using Tandem.Media.Transport;

namespace Tandem.Media;

/// <summary>
/// The media of one call: its negotiation, its ports, its place on a media loop. Offers, answers and closing come from one thread
/// at a time (the SIP shard of the call); the reports may be read by any.
/// </summary>
public sealed partial class MediaSession : ILocalPorts, IMediaCommand, IHandshakeDesk
{
    private readonly MediaEngine _engine;
    private readonly SessionNegotiation _negotiation;

    // Made by whoever posts first: a call that is only relayed has none.
    private ConcurrentQueue<IMediaCommand>? _commands;
    private SessionWish _wish = SessionWish.Empty;

    // Of the loop that serves the session: what it has brought about, whom the session belongs to, and whether it has just come over.
    private SessionWish _applied = SessionWish.Empty;
    private MediaLoop _owner;
    private MediaLoop? _moving;
    private bool _isDeparting;
    private bool _isArriving;

    // Where the session shall be: signalling takes it to a mix, its loop gives it away when it is full.
    private readonly Lock _placing = new();
    private MediaLoop _destination;
    private bool _isBound;

    private int _queued;
    private bool _isPosted;
    private bool _isClosed;

    internal MediaSession(MediaEngine engine, MediaLoop loop, Random random, Action<MediaEvent> events)
    {
        _engine = engine;
        _owner = loop;
        _destination = loop;
        _negotiation = new SessionNegotiation(engine.Negotiation, this, random);
        Core = new SessionCore(engine.Options, loop, events, this);
        Audio = new SessionAudio(
            new AudioContext(engine.Options.Audio, engine.Options.Jitter, events),
            (line, side) => Core.Lines[line][side],
            command => Post(new LoopCommand(command)),
            mix => BindTo(mix.Loop));
        Audio.Enter(loop.Sound, Moment.Zero);
        Core.Sound = Audio;
    }

    /// <summary>The plan in force.</summary>
    public MediaPlan Plan => _negotiation.Plan;

    /// <summary>What is played, tapped and mixed. Commands come from the thread that offers and answers.</summary>
    public SessionAudio Audio { get; }

    /// <summary>The packet side. Owned by the loop, but for its counters.</summary>
    internal SessionCore Core { get; }

    /// <summary>The loop to which the session belongs, or soon will.</summary>
    internal MediaLoop Loop => _destination;

    /// <summary>Its place among the sessions that its loop serves; -1 while none does. Of the loop.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>Tells where the signalling of a side comes from, before its first SDP or after it moved; all else is as the options say.</summary>
    public void Expect(MediaSide side, NetAddress peer) => Expect(side, _engine.Negotiation.Policy with { Peer = peer });

    /// <inheritdoc cref="SessionNegotiation.Expect"/>
    public void Expect(MediaSide side, LegPolicy policy) => _negotiation.Expect(side, policy);

    /// <summary>How a side is negotiated with unless somebody says otherwise.</summary>
    public LegPolicy DefaultPolicy => _engine.Negotiation.Policy;

    /// <summary>Takes an offer and gives the one for the other side, with our address and ports. What is in force goes on.</summary>
    public MediaAnswer Offer(MediaSide from, ReadOnlyMemory<byte> sdp) => _isClosed ? Closed() : _negotiation.Offer(from, sdp);

    /// <summary>Takes an answer, puts the new plan in force and gives the answer for the other side.</summary>
    public MediaAnswer Answer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_isClosed)
            return Closed();

        var answer = _negotiation.Answer(from, sdp);
        if (answer.IsAccepted)
            PutInForce();
        return answer;
    }

    /// <inheritdoc cref="SessionNegotiation.OpenOffer"/>
    public MediaAnswer OpenOffer(MediaSide to) => _isClosed ? Closed() : _negotiation.OpenOffer(to);

    /// <summary>Takes an offer and answers it for the exchange itself; the new plan is in force.</summary>
    public MediaAnswer Accept(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_isClosed)
            return Closed();

        var answer = _negotiation.Accept(from, sdp);
        if (answer.IsAccepted)
            PutInForce();
        return answer;
    }

    /// <inheritdoc cref="SessionNegotiation.Create"/>
    public MediaAnswer Create(MediaSide to) => _isClosed ? Closed() : _negotiation.Create(to);

    /// <inheritdoc cref="SessionNegotiation.Hold"/>
    public void Hold(MediaSide by, bool on) => _negotiation.Hold(by, on);

    /// <inheritdoc cref="SessionNegotiation.WantsReoffer"/>
    public bool WantsReoffer(MediaSide side) => !_isClosed && _negotiation.WantsReoffer(side);

    /// <summary>A side has left: the other one goes on alone with the exchange.</summary>
    public void Leave(MediaSide side)
    {
        if (_isClosed)
            return;

        _negotiation.Leave(side);
        RestoreReplaced();
        PutInForce();
    }

    /// <summary>Drops an offer that was refused.</summary>
    public void AbandonOffer()
    {
        if (!_isClosed)
            _negotiation.Abandon();
    }

    /// <summary>Ends the relay and gives the ports back. Safe to call twice.</summary>
    public void Close()
    {
        if (_isClosed)
            return;

        lock (_placing)
            _isClosed = true;
        for (var line = 0; line < _pairs.Count; line++)
        {
            Leave(line, MediaSide.A);
            Leave(line, MediaSide.B);
        }

        LeaveReplaced();

        if (_isPosted)
            Volatile.Write(ref _wish, SessionWish.Closed);
        Depart();
        if (_isPosted)
            Post();
        _engine.Ended(_destination);
    }

    /// <summary>
    /// Gives the session to another loop; nothing that arrives meanwhile is lost or changes its order. It is there when the commands
    /// that are posted after this run.
    /// </summary>
    internal void MoveTo(MediaLoop loop)
    {
        lock (_placing)
        {
            if (_isClosed || ReferenceEquals(loop, _destination))
                return;

            _destination.AddLoad(-1);
            loop.AddLoad(1);
            _destination = loop;
            Post(new Move(loop));
        }
    }

    /// <summary>As <see cref="MoveTo"/>, and it stays there: what it joins is on that loop.</summary>
    internal void BindTo(MediaLoop loop)
    {
        lock (_placing)
        {
            _isBound = true;
            MoveTo(loop);
        }
    }

    /// <summary>As <see cref="MoveTo"/>, unless it is bound to a loop or goes to that one already: then false. Any thread.</summary>
    internal bool TryGiveTo(MediaLoop loop)
    {
        lock (_placing)
        {
            if (_isBound || _isClosed || ReferenceEquals(loop, _destination))
                return false;

            MoveTo(loop);
            return true;
        }
    }

    /// <summary>Has a command run on the loop of the session, after the plan that is in force now.</summary>
    internal void Post(IMediaCommand command)
    {
        var commands = Volatile.Read(ref _commands);
        if (commands is null)
        {
            commands = new ConcurrentQueue<IMediaCommand>();
            commands = Interlocked.CompareExchange(ref _commands, commands, null) ?? commands;
        }

        commands.Enqueue(command);
        _isPosted = true;
        Post();
    }

    bool IHandshakeDesk.TryStart(IHandshakeWork work, Moment now) => _engine.Handshakes.TryStart(work, Post);

    void IMediaCommand.Run(MediaLoop loop, Moment now)
    {
        // The session has moved since somebody posted it here.
        var owner = Volatile.Read(ref _owner);
        if (!ReferenceEquals(owner, loop))
        {
            owner.Post(this);
            return;
        }

        if (_isArriving)
        {
            _isArriving = false;
            Core.Enter(loop, now);
        }

        if (Place < 0 && !_applied.IsClosed)
            Place = loop.Add(this);

        Reconcile(loop, now);
        while (_moving is null && Volatile.Read(ref _commands) is { } commands && commands.TryDequeue(out var command))
        {
            if (command is Move { Target: var target })
                _moving = ReferenceEquals(target, loop) ? null : target;
            else
                Run(command, loop, now);
        }

        // Not in the middle of a round: a packet of the session may be in the loop's hands.
        if (_moving is not null && !_isDeparting)
        {
            _isDeparting = true;
            loop.DepartLater(this);
        }
    }

    private static void Run(IMediaCommand command, MediaLoop loop, Moment now)
    {
        try
        {
            command.Run(loop, now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A fault of one command must not leave those behind it in the queue, a closing among them.
            loop.Counters.FailuresField++;
        }
    }

    /// <summary>Hands the session over to the loop that it moves to. Called by the loop that it leaves, between two rounds.</summary>
    internal void DepartNow(Moment now)
    {
        var target = _moving!;
        Forget(_owner);
        try
        {
            Core.Leave(now);
        }
        finally
        {
            // The session belongs to its new loop whatever happened here: one that is nobody's would never be closed.
            _moving = null;
            _isDeparting = false;
            _isArriving = true;
            Volatile.Write(ref _owner, target);
            target.Post(this);
        }
    }

    private static MediaAnswer Closed() => MediaAnswer.Refuse(MediaError.WrongState, "the session is closed");

    private void PutInForce()
    {
        var plan = _negotiation.Plan;
        var wish = new SessionWish(plan, PortsFor(plan.TransportsA, MediaSide.A), PortsFor(plan.TransportsB, MediaSide.B), false);
        Volatile.Write(ref _wish, wish);
        _isPosted = true;
        LeaveReplaced();
        _negotiation.ReleasePorts();
        Post();
    }

    /// <summary>Brings what the loop serves in line with what the session wants, and gives back the ports that are free then.</summary>
    private void Reconcile(MediaLoop loop, Moment now)
    {
        // Retired first, wish second: a port is retired after the wish that does without it was written.
        Interlocked.Exchange(ref _queued, 0);
        lock (_retiring)
        {
            if (_retired is not null)
                loop.Retired.AddRange(_retired);
            _retired = null;
        }

        var wish = Volatile.Read(ref _wish);
        if (!ReferenceEquals(wish, _applied))
        {
            _applied = wish;
            if (wish.IsClosed)
            {
                Forget(loop);
                TellSuccessors();
                Core.Stop(now);
            }
            else
            {
                Core.Apply(wish, now);
            }
        }

        foreach (var retired in loop.Retired)
            retired.Return(loop.Pool, now);
        loop.Retired.Clear();
    }

    private void Forget(MediaLoop loop)
    {
        if (Place < 0)
            return;

        loop.Remove(Place);
        Place = -1;
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0)
            Volatile.Read(ref _owner).Post(this);
    }

    private sealed class Move(MediaLoop target) : IMediaCommand
    {
        public MediaLoop Target => target;

        public void Run(MediaLoop loop, Moment now) => throw new InvalidOperationException("a move is the session's own matter");
    }
}
