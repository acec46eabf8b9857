using System.Collections.Concurrent;
using Tandem.Core.Loops;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Ice;

namespace Tandem.Media.Transport;

/// <summary>
/// One media shard: a thread that owns the sockets, lines and timers of its sessions, and ticks every 20 ms while there is sound to
/// make. Signalling changes a session by putting it into the mailbox; the loop looks there before it handles a packet, so that a plan
/// is in force for every packet that arrives after it was posted.
/// </summary>
internal abstract class MediaLoop : ISocketLoop, IWakeable, IDisposable
{
    private const int LongestWaitMilliseconds = 1000;

    private readonly ConcurrentQueue<IMediaCommand> _mailbox = new();
    private readonly Thread _thread;
    private readonly List<MediaSession> _departing = [];
    private readonly List<MediaSession> _served = [];
    private int _waiting;
    private int _sessions;
    private volatile bool _stopping;

    protected MediaLoop(int index, MediaOptions options, PortPool pool, Clock clock)
    {
        Index = index;
        Options = options;
        Clock = clock;
        Pool = pool;
        Wheel = new TimerWheel(clock.Now);
        Sound = new AudioTick(options.Audio);
        Load = new LoopLoad(clock.Now);
        _thread = new Thread(Run) { IsBackground = true, Name = $"media-{index}" };
    }

    public int Index { get; }

    public LoopCounters Counters { get; } = new();

    /// <summary>Sessions that were given to this loop and are not over: its load.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    public TimerWheel Wheel { get; }

    public Moment Now { get; private set; }

    public IceCounters Ice { get; } = new();

    public Random Random { get; } = new SecureRandom();

    public PortPool Pool { get; }

    /// <summary>What the loop does every 20 ms while there is sound to make.</summary>
    public AudioTick Sound { get; }

    /// <summary>How busy it is. Any thread may read it.</summary>
    public LoopLoad Load { get; }

    /// <summary>It has hardly time to spare: nothing new comes here while others have. Any thread may read it.</summary>
    public bool IsFull => Load.Busy >= Full;

    /// <summary>Sessions that it serves now. On the loop.</summary>
    public int Served => _served.Count;

    /// <summary>All loops of the engine, to which sessions may go when this one is full. Set before it starts.</summary>
    public IReadOnlyList<MediaLoop> Neighbours { get; set; } = [];

    /// <summary>Ports on their way back to the pool; used within one command.</summary>
    public List<RetiredPorts> Retired { get; } = [];

    protected MediaOptions Options { get; }

    protected Clock Clock { get; }

    private double Full => Options.ShardFullPercent / 100.0;

    protected bool HasMail => !_mailbox.IsEmpty;

    public void Start() => _thread.Start();

    public void AddLoad(int sessions) => Interlocked.Add(ref _sessions, sessions);

    /// <summary>
    /// Asks the loop to run <paramref name="command"/>. Any thread; commands run in the order in which they were posted. A loop that
    /// sleeps is woken at the end of the poster's round (<see cref="WakeBatch"/>); packets that come before wake it as well.
    /// </summary>
    public void Post(IMediaCommand command)
    {
        _mailbox.Enqueue(command);
        if (Interlocked.Exchange(ref _waiting, 0) != 0)
            WakeBatch.Wake(this);
    }

    /// <summary>Serves a session from now on; returns its place for <see cref="Remove"/>. On the loop.</summary>
    public int Add(MediaSession session)
    {
        _served.Add(session);
        return _served.Count - 1;
    }

    /// <summary>Serves the session at <paramref name="place"/> no more; the last one takes its place. On the loop.</summary>
    public void Remove(int place)
    {
        var last = _served[^1];
        _served[place] = last;
        last.Place = place;
        _served.RemoveAt(_served.Count - 1);
    }

    /// <summary>Gives up to so many sessions to another loop; those that are bound to this one stay. On the loop.</summary>
    public void GiveAway(int count, MediaLoop target)
    {
        for (var i = _served.Count - 1; i >= 0 && count > 0; i--)
        {
            if (!_served[i].TryGiveTo(target))
                continue;

            count--;
            Counters.GivenAwayField++;
        }
    }

    /// <summary>Has <paramref name="session"/> leave when no packet is in hand. Called on the loop.</summary>
    public void DepartLater(MediaSession session) => _departing.Add(session);

    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            Wake();
            if (_thread.IsAlive)
                _thread.Join();

            // Sessions that were closed last end properly: recordings are written to their end.
            ReadMail(Clock.Now);
            CloseWaiting();
        }

        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public abstract bool Attach(MediaSocket socket);

    /// <inheritdoc/>
    public abstract void Detach(MediaSocket socket);

    /// <inheritdoc/>
    public abstract void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target);

    /// <inheritdoc/>
    public abstract void Wake();

    /// <summary>The first thing that the thread does.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>Waits at most so long for packets, and hands those that came to <see cref="Handle"/>.</summary>
    protected abstract void ReceiveRound(int timeoutMilliseconds);

    /// <summary>Frees what waiting needs; the thread has ended.</summary>
    protected abstract void CloseWaiting();

    /// <summary>The packet path: judged, counted, sent on.</summary>
    /// <param name="socket">Where it arrived.</param>
    /// <param name="buffer">The datagram and the spare bytes behind it.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">The time.</param>
    protected void Handle(MediaSocket socket, Span<byte> buffer, int length, in NetAddress source, Moment now)
    {
        Now = now;
        if (HasMail)
            ReadMail(now);
        if (now >= Sound.NextDeadline)
            Tick(now);

        if (socket.Component is { } component)
            Counters.Verdicts[(int)component.Transport.Receive(component, buffer, length, source, now)]++;
    }

    private void Run()
    {
        Prepare();
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
        Now = now;
        ReadMail(now);
        Wheel.Advance(now);
        if (now >= Sound.NextDeadline)
            Tick(now);
        Depart(now);
        if (Load.TryClose(now))
            ShardBalance.Relieve(this, Neighbours, Full);

        var wait = LongestWaitMilliseconds;
        var deadline = Moment.Earlier(Wheel.NextDeadline, Sound.NextDeadline);
        if (deadline != Moment.Never)
            wait = (int)Math.Clamp(Math.Ceiling((deadline - Clock.Now).TotalMilliseconds), 0, LongestWaitMilliseconds);

        // Announce the wait before the last look at the mailbox: whoever posts after it wakes us.
        Interlocked.Exchange(ref _waiting, 1);
        if (HasMail || _stopping || _departing.Count > 0)
            wait = 0;
        ReceiveRound(wait);
        Volatile.Write(ref _waiting, 0);
        Counters.AllocatedField = GC.GetAllocatedBytesForCurrentThread();
    }

    // Who has had his turn is not in the list any more, whatever his turn brought: a fault is met once and not in every turn.
    private void Depart(Moment now)
    {
        while (_departing.Count > 0)
        {
            var session = _departing[^1];
            _departing.RemoveAt(_departing.Count - 1);
            session.DepartNow(now);
        }
    }

    private void Tick(Moment now)
    {
        Sound.Tick(now);
        Sound.Durations.Add(Clock.Now - now);
    }

    private void ReadMail(Moment now)
    {
        while (_mailbox.TryDequeue(out var command))
        {
            try
            {
                command.Run(this, now);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A fault of ours in one session must not keep the others, nor the packet in hand, from their turn.
                Counters.FailuresField++;
            }
        }
    }
}
