using System.Net.Sockets;
using System.Net.WebSockets;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>
/// One connection of a reliable transport, whatever carries it: its addresses, the bounded queue of what is to be sent, whose
/// writer runs only while there is something to write, and the times after which it has lived too long. It is closed once, by
/// whoever comes first; what was not sent then is reported to its shard.
/// </summary>
internal abstract partial class SipConnection
{
    private static readonly byte[] Pong = "\r\n"u8.ToArray();

    private readonly Lock _lock = new();

    // Under the lock.
    private bool _isClosed;
    private bool _isOpen;
    private bool _isHalfClosed;

    // Moments as ticks, written by the reading and writing tasks, read by the sweeper; 0 means "not now".
    private long _active;
    private long _messageDue;
    private long _writeDue;
    private long _openDue;
    private long _lingerDue;
    private long _halfCloseDue;
    private long _renewDue;
    private int _isHandshaking;

    // Requests that were received here less final responses that were sent here.
    private int _owedAnswers;

    // Of the reading task: an accepted connection must bring a message before it may be quiet.
    private bool _mayBeQuiet;

    /// <summary>An open connection owes its first message when it was accepted; one that is to be opened owes its opening.</summary>
    protected SipConnection(StreamContext context, SipTransportKind kind, NetAddress local, NetAddress remote, bool isAccepted, bool isOpen)
    {
        Context = context;
        Id = context.NextId();
        Kind = kind;
        Local = local;
        Remote = remote;
        IsAccepted = isAccepted;
        var now = context.Clock.Now;
        _active = now.Ticks;
        _mayBeQuiet = !isAccepted;
        _isOpen = isOpen;
        if (isOpen)
            _messageDue = (now + context.Options.HalfOpenTimeout).Ticks;
        else
            _openDue = (now + context.Options.ConnectTimeout).Ticks;
    }

    /// <summary>What <see cref="SipFlow.Connection"/> holds; never 0.</summary>
    public long Id { get; }

    public SipTransportKind Kind { get; }

    public NetAddress Remote { get; }

    /// <summary>Our own address; unspecified until the connection is open.</summary>
    public NetAddress Local { get; private set; }

    /// <summary>True when the far side opened it.</summary>
    public bool IsAccepted { get; }

    /// <summary>
    /// The domain that a connection of ours over TLS was opened for, in lower case; empty for an address and for everything else.
    /// Requests for another domain do not go over it, wherever that domain leads (RFC 5922 §7.3).
    /// </summary>
    public string ServerName { get; protected init; } = "";

    /// <summary>What a connection of ours over TLS shows and trusts (<see cref="SipFlow.Identity"/>); requests with another one do not go over it.</summary>
    public int Identity { get; protected init; }

    /// <summary>Who the verified certificate of the far side says it is; null when it showed none.</summary>
    public TlsPeer? Peer { get; protected set; }

    /// <summary>What the far side showed, verified or not; null when it showed none.</summary>
    public ShownCertificate? Shown { get; protected set; }

    /// <summary>False where the far side was not asked for a certificate in its handshake.</summary>
    public bool IsAsked { get; protected set; }

    /// <summary>
    /// Where the far side of an accepted connection takes requests, as it says itself (RFC 5923 §8.2): the address that it came from with the port of its Via. Unspecified until it says so; of the
    /// table, under its lock.
    /// </summary>
    public NetAddress Alias { get; set; }

    /// <summary>The flow of messages on this connection.</summary>
    public SipFlow Flow => new(Kind, Local, Remote, Id) { Identity = Identity };

    /// <summary>What <see cref="RunAsync"/> returned, once it was called.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>What all connections share.</summary>
    protected StreamContext Context { get; }

    /// <summary>Starts to work, in the background.</summary>
    public void Run() => Completion = RunAsync();

    /// <summary>Ends the connection; only the first reason counts.</summary>
    public void Close(ConnectionCloseReason reason)
    {
        // The answer to the last message may still wait for the end of the round that closes.
        WriteJoined();
        lock (_lock)
        {
            if (_isClosed)
                return;

            _isClosed = true;
        }

        try
        {
            Abandon(reason);
        }
        catch (Exception e)
        {
            // However badly it goes: a closed connection keeps no place in the tables.
            Context.Intake.Fault(e);
        }

        Context.Closed(this, reason);
        while (TryDequeue(out var bytes))
            Fail(bytes);
        LeaveSource();
    }

    /// <summary>The connection ends as soon as nothing has come or gone for <see cref="SipTransportOptions.LingerTimeout"/>, after <see cref="SipTransportOptions.HalfCloseTimeout"/> in any case. From any thread.</summary>
    public void CloseWhenQuiet() => Interlocked.CompareExchange(ref _renewDue, (Context.Clock.Now + Context.Options.HalfCloseTimeout).Ticks, 0);

    /// <summary>When something last came or went.</summary>
    public Moment LastActive => new(Volatile.Read(ref _active));

    /// <summary>True while an accepted connection has not brought a whole message; of the table, under its lock.</summary>
    public bool IsHalfOpen { get; set; }

    /// <summary>Why this connection has lived too long; null when it has not.</summary>
    public ConnectionCloseReason? Overdue(Moment now)
    {
        if (IsDue(ref _openDue, now))
            return Volatile.Read(ref _isHandshaking) != 0 ? ConnectionCloseReason.HandshakeTimeout : ConnectionCloseReason.OpenTimeout;
        if (IsDue(ref _lingerDue, now))
            return ConnectionCloseReason.Broken;
        if (IsDue(ref _writeDue, now))
            return ConnectionCloseReason.SendStalled;
        if (IsDue(ref _messageDue, now))
            return ConnectionCloseReason.HalfOpen;
        if (IsDue(ref _halfCloseDue, now))
            return ConnectionCloseReason.ByPeer;
        if (IsDue(ref _renewDue, now) || (Volatile.Read(ref _renewDue) > 0 && now - LastActive >= Context.Options.LingerTimeout))
            return ConnectionCloseReason.Renewed;

        return now.Ticks - Volatile.Read(ref _active) >= Context.Options.IdleTimeout.Ticks ? ConnectionCloseReason.Idle : null;
    }

    /// <summary>
    /// Opens the connection if it is not open, reads until it ends and closes it, unless the far side has only ended its own
    /// sending and answers are owed to it (<see cref="MayRest"/>). It never throws.
    /// </summary>
    protected abstract Task RunAsync();

    /// <summary>Says goodbye where that takes no waiting, and frees what carries the connection; called once, while reading and writing may be under way.</summary>
    protected abstract void Abandon(ConnectionCloseReason reason);

    /// <summary>Says that a handshake has begun, and how long it may take.</summary>
    protected void BeginHandshake(TimeSpan patience)
    {
        Volatile.Write(ref _isHandshaking, 1);
        Volatile.Write(ref _openDue, (Context.Clock.Now + patience).Ticks);
    }

    /// <summary>Says that the connection is open; what waited is sent. False when it was closed meanwhile.</summary>
    protected bool BecomeOpen(NetAddress local)
    {
        Local = local;
        var now = Context.Clock.Now;
        Volatile.Write(ref _openDue, 0);
        if (IsAccepted)
            Volatile.Write(ref _messageDue, (now + Context.Options.HalfOpenTimeout).Ticks);

        MarkActive(now);
        bool hasWaiting;
        lock (_lock)
        {
            if (_isClosed)
                return false;

            // Before anybody can write on it, and the far side can tell of it.
            if (!IsAccepted)
                SipTransportCounters.Add(ref Context.Counters.OpenedField);

            _isOpen = true;
            _isWriting = hasWaiting = _queue.Count > 0;
        }

        if (hasWaiting)
            _ = WriteAllAsync();

        return true;
    }

    /// <summary>Says that there was traffic.</summary>
    protected void MarkActive(Moment now) => Volatile.Write(ref _active, now.Ticks);

    /// <summary>Says that the connection ends when the time for the last answer is over.</summary>
    protected void BeginLinger() => Volatile.Write(ref _lingerDue, (Context.Clock.Now + Context.Options.LingerTimeout).Ticks);

    /// <summary>
    /// Says that the far side sends no more. True when it is still owed answers: the connection then lives until they are written,
    /// for <see cref="SipTransportOptions.HalfCloseTimeout"/> at most.
    /// </summary>
    protected bool MayRest()
    {
        lock (_lock)
        {
            if (_isClosed || Volatile.Read(ref _owedAnswers) <= 0)
                return false;

            _isHalfClosed = true;
        }

        Volatile.Write(ref _messageDue, 0);
        Volatile.Write(ref _halfCloseDue, (Context.Clock.Now + Context.Options.HalfCloseTimeout).Ticks);
        return true;
    }

    /// <summary>Gives a whole message, whose reference is taken over, to its shard; false when the source guard refuses it.</summary>
    protected bool TakeMessage(PooledBuffer message, Moment now)
    {
        if (!_mayBeQuiet)
        {
            _mayBeQuiet = true;
            Context.FirstMessage?.Invoke(this);
        }

        Volatile.Write(ref _messageDue, 0);
        if (!Context.Intake.IsAdmitted(Flow, now))
        {
            message.Release();
            return false;
        }

        SipTransportCounters.Add(ref Context.Counters.StreamMessagesInField);
        if (WantsAnswer(message.Span))
            Interlocked.Increment(ref _owedAnswers);

        Context.Intake.TakeMessage(message, Flow, now, null, proven: IsAccepted && Peer is not null ? this : null);
        return true;
    }

    /// <summary>The far side, whose certificate was verified, takes requests on this connection that go to this port of its address.</summary>
    public void OfferAlias(int port) => Context.Aliased?.Invoke(this, Remote.WithPort(port));

    /// <summary>Gives the head of a message whose end cannot be found to its shard, which answers it.</summary>
    protected void TakeBroken(PooledBuffer? head, Moment now, SipRejection rejection)
    {
        SipTransportCounters.Add(ref Context.Counters.StreamsBrokenField);
        if (head is not null)
            Context.Intake.TakeMessage(head, Flow, now, null, rejection);
    }

    /// <summary>Says how many bytes of a message have come that is not whole. The time for it runs from its first byte, not from its latest.</summary>
    protected void MarkPartial(int buffered, Moment now)
    {
        if (buffered > 0 && Volatile.Read(ref _messageDue) == 0)
            Volatile.Write(ref _messageDue, (now + Context.Options.HalfOpenTimeout).Ticks);
        else if (buffered == 0 && _mayBeQuiet)
            Volatile.Write(ref _messageDue, 0); // what had begun was a keep-alive in two pieces
    }

    /// <summary>
    /// Answers a keep-alive (RFC 5626 §3.5.1, RFC 7118 §6); false when the source guard refuses it. It counts as a message there: four
    /// bytes each are the cheapest way to keep a shard busy.
    /// </summary>
    protected bool TakePing(Moment now)
    {
        if (!Context.Intake.IsAdmitted(Flow, now))
            return false;

        SipTransportCounters.Add(ref Context.Counters.StreamPingsField);
        var pong = BufferPool.Shared.Rent(Pong.Length);
        Pong.CopyTo(pong.Array, 0);
        pong.Length = Pong.Length;
        if (!TrySend(new OutgoingBytes(pong, -1, Flow, 0)))
            pong.Release();

        return true;
    }

    /// <summary>True for what a socket, a TLS session or a WebSocket throws when it has ended, for whatever reason.</summary>
    protected static bool IsEnd(Exception e) =>
        e is SocketException or WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    private static bool IsDue(ref long due, Moment now) => Volatile.Read(ref due) is > 0 and var ticks && now.Ticks >= ticks;

    private static bool WantsAnswer(ReadOnlySpan<byte> message) => !message.StartsWith("SIP/2.0 "u8) && !message.StartsWith("ACK "u8);
}
