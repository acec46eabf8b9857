using System.Collections.Concurrent;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Relay;

namespace Tandem.Media.Transport;

/// <summary>
/// One media shard: a thread that owns the sockets, streams and timers of its sessions. Signalling changes a session by putting it
/// into the mailbox; the loop looks there before it handles a packet, so that a plan is in force for every packet that arrives
/// after it was posted. A session waits in the mailbox at most once, which bounds it by the number of sessions.
/// </summary>
internal abstract class MediaLoop : IDisposable
{
    private const int LongestWaitMilliseconds = 1000;

    private readonly ConcurrentQueue<MediaSession> _mailbox = new();
    private readonly PortPool _pool;
    private readonly Thread _thread;
    private readonly List<RetiredPorts> _retired = [];
    private int _waiting;
    private int _sessions;
    private volatile bool _stopping;

    protected MediaLoop(int index, MediaOptions options, PortPool pool, Clock clock)
    {
        Options = options;
        Clock = clock;
        _pool = pool;
        Wheel = new TimerWheel(clock.Now);
        _thread = new Thread(Run) { IsBackground = true, Name = $"media-{index}" };
    }

    public LoopCounters Counters { get; } = new();

    /// <summary>Sessions that were given to this loop and are not over: its load.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    public TimerWheel Wheel { get; }

    protected MediaOptions Options { get; }

    protected Clock Clock { get; }

    protected bool HasMail => !_mailbox.IsEmpty;

    public void Start() => _thread.Start();

    public void AddLoad(int sessions) => Interlocked.Add(ref _sessions, sessions);

    /// <summary>Asks the loop to look at <paramref name="session"/>. Any thread.</summary>
    public void Post(MediaSession session)
    {
        _mailbox.Enqueue(session);
        if (Interlocked.Exchange(ref _waiting, 0) != 0)
            Wake();
    }

    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            Wake();
            if (_thread.IsAlive)
                _thread.Join();
            CloseWaiting();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Interrupts a wait.</summary>
    protected abstract void Wake();

    /// <summary>Waits at most so long for packets, and hands those that came to <see cref="Handle"/>.</summary>
    protected abstract void ReceiveRound(int timeoutMilliseconds);

    /// <summary>Begins to serve a socket; false when the system has no room for it.</summary>
    protected abstract bool TryAttach(MediaSocket socket);

    protected abstract void Detach(MediaSocket socket);

    protected abstract void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target);

    /// <summary>Frees what waiting needs; the thread has ended.</summary>
    protected abstract void CloseWaiting();

    /// <summary>The packet path: judged by the stream, counted, sent.</summary>
    protected void Handle(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress source, Moment now)
    {
        if (HasMail)
            ReadMail(now);

        if (socket.Binding is not { } binding)
            return;

        var verdict = binding.Stream.Receive(socket.Side, socket.IsRtcp, packet, source, now, out var target);
        Counters.Verdicts[(int)verdict]++;
        if (verdict > RelayVerdict.Rtcp)
            return;

        if (binding[target.Side, target.FromRtcpPort] is { } output && output.IsV6 == target.Address.IsV6)
            Send(output, packet, target.Address);
        else
            Counters.SendErrorsField++;
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                Turn();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A fault of ours in one turn must not silence every call of the shard; the counter is watched.
                Counters.FailuresField++;
            }
        }
    }

    private void Turn()
    {
        var now = Clock.Now;
        ReadMail(now);
        Wheel.Advance(now);

        var wait = LongestWaitMilliseconds;
        if (Wheel.NextDeadline != Moment.Never)
            wait = (int)Math.Clamp((Wheel.NextDeadline - now).TotalMilliseconds + 1, 0, LongestWaitMilliseconds);

        // Announce the wait before the last look at the mailbox: whoever posts after it wakes us.
        Interlocked.Exchange(ref _waiting, 1);
        if (HasMail || _stopping)
            wait = 0;
        ReceiveRound(wait);
        Volatile.Write(ref _waiting, 0);
        Counters.AllocatedField = GC.GetAllocatedBytesForCurrentThread();
    }

    private void ReadMail(Moment now)
    {
        while (_mailbox.TryDequeue(out var session))
            Reconcile(session, now);
    }

    /// <summary>Brings what the loop serves in line with what the session wants.</summary>
    private void Reconcile(MediaSession session, Moment now)
    {
        var wish = session.TakeWish(_retired);
        foreach (var binding in session.Bindings)
            DetachMissing(binding, wish);

        if (wish.IsClosed)
            session.Core.Stop(now);
        else
            session.Core.Apply(wish.Plan, now);

        for (var line = 0; !wish.IsClosed && line < wish.Ports.Length; line++)
        {
            while (session.Bindings.Count <= line)
                session.Bindings.Add(new StreamBinding(session.Core.Streams[session.Bindings.Count]));

            var binding = session.Bindings[line];
            for (var side = MediaSide.A; side <= MediaSide.B; side++)
            {
                Serve(binding, side, false, wish.Ports[line]?.Rtp(side));
                Serve(binding, side, true, wish.Ports[line]?.Rtcp(side));
            }
        }

        foreach (var retired in _retired)
            retired.Return(_pool, now);
        _retired.Clear();
    }

    private void DetachMissing(StreamBinding binding, SessionWish wish)
    {
        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            Drop(binding, side, false, wish);
            Drop(binding, side, true, wish);
        }
    }

    private void Drop(StreamBinding binding, MediaSide side, bool rtcp, SessionWish wish)
    {
        if (binding[side, rtcp] is not { } socket || (!wish.IsClosed && wish.Uses(socket)))
            return;

        Detach(socket);
        socket.Binding = null;
        binding[side, rtcp] = null;
    }

    private void Serve(StreamBinding binding, MediaSide side, bool rtcp, MediaSocket? socket)
    {
        if (socket is null || ReferenceEquals(binding[side, rtcp], socket))
            return;

        socket.Side = side;
        socket.IsRtcp = rtcp;
        socket.Binding = binding;
        binding[side, rtcp] = socket;
        if (!TryAttach(socket))
            Counters.ReceiveErrorsField++;
    }
}
