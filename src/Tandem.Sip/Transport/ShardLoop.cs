using System.Collections.Concurrent;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>
/// The thread of one SIP shard: it takes messages from the mailbox and from the shard's own sockets, runs turns and
/// timers, hands packets to the sender, and sleeps until the next deadline or until something wakes it. It does not spin.
/// Whatever the shard throws is counted and reported, and the loop goes on.
/// </summary>
public sealed class ShardLoop : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BarrierPatience = TimeSpan.FromMilliseconds(50);

    private readonly Clock _clock;
    private readonly ShardLoopOptions _options;
    private readonly Mailbox<SipInput> _mailbox;
    private readonly LoopWaiter _waiter = LoopWaiter.Create();
    private readonly Thread _thread;
    private readonly ShardLoopMeter _meter = new();
    private readonly BacklogMeter _backlog;

    // Replaced whole; the loop reads it once a round.
    private volatile IShardInlet[] _inlets = [];
    private volatile int _state;
    private readonly ConcurrentQueue<ManualResetEventSlim> _barriers = new();
    private int _sleeping;
    private WriteBatch? _writes;

    // Of the loop: which inlets to look at in the next round.
    private uint _readable = LoopWaiter.All;

    /// <param name="shard">The shard; from <see cref="Start"/> on only this loop touches it.</param>
    /// <param name="clock">The clock whose moments the shard sees.</param>
    /// <param name="options">Limits.</param>
    public ShardLoop(ISipShard shard, Clock clock, ShardLoopOptions? options = null)
    {
        Shard = shard;
        _clock = clock;
        _options = options ?? new ShardLoopOptions();
        _mailbox = new Mailbox<SipInput>(_options.MailboxCapacity);
        _backlog = new BacklogMeter(_options.BacklogFloor);
        _thread = new Thread(Run) { Name = _options.Name, IsBackground = true };
        shard.Turns.Wake = Wake;
        shard.Turns.Failed ??= Fault;
    }

    private enum State
    {
        New,
        Running,
        Stopping,
        Stopped,
    }

    /// <summary>The shard.</summary>
    public ISipShard Shard { get; }

    /// <summary>Where packets go; set by the transport. Without one they are dropped and counted.</summary>
    public PacketSender? Sender { get; set; }

    /// <summary>Called, on the loop, with what the shard threw.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Messages that wait.</summary>
    public int MailboxLength => _mailbox.Count;

    /// <summary>Most messages that may wait.</summary>
    public int MailboxCapacity => _mailbox.Capacity;

    /// <summary>Messages refused because the mailbox was full.</summary>
    public long MailboxRefused => _mailbox.Refused;

    /// <summary>How busy the loop is.</summary>
    public ShardLoopMeter Meter => _meter;

    /// <summary>True on the thread of this loop.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>
    /// Gives the shard an input, from any thread. False when the mailbox is full or the loop was stopped: the input stays
    /// the caller's.
    /// </summary>
    public bool TryPost(in SipInput input)
    {
        if (_state >= (int)State.Stopping || !_mailbox.TryPost(input))
            return false;

        Wake();
        return true;
    }

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Running, (int)State.New) != (int)State.New)
            throw new InvalidOperationException("the loop was started before");

        _thread.Start();
    }

    /// <summary>Handles what waits, sends what the shard has to send, ends the thread and waits for it.</summary>
    public void Stop()
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Stopped, (int)State.New) == (int)State.New)
            return;

        Interlocked.CompareExchange(ref _state, (int)State.Stopping, (int)State.Running);
        _waiter.Wake();
        if (!IsCurrent && !_thread.Join(StopTimeout))
            Fault(new TimeoutException($"the loop {_options.Name} did not end within {StopTimeout.TotalSeconds:0} s"));
    }

    public void Dispose()
    {
        Stop();
        if (!_thread.IsAlive)
            _waiter.Dispose();
    }

    /// <summary>True when the loop can read sockets by itself.</summary>
    internal bool CanRead => _waiter.WatchesDescriptors;

    /// <summary>Adds a socket that this loop reads.</summary>
    internal void Attach(IShardInlet inlet)
    {
        lock (_mailbox)
        {
            if (_inlets.Length == LoopWaiter.MaxDescriptors)
                throw new InvalidOperationException("a shard reads at most 31 sockets: use fewer listeners, or a receiver thread");

            _inlets = [.. _inlets, inlet];
        }

        _waiter.Wake();
    }

    /// <summary>Takes a socket away; when it returns the loop does not touch it any more.</summary>
    internal void Detach(IShardInlet inlet)
    {
        lock (_mailbox)
            _inlets = Array.FindAll(_inlets, other => other != inlet);

        FinishRound();
    }

    /// <summary>Waits until the loop has ended the round that it is in, so that it sees what was changed before.</summary>
    internal void FinishRound()
    {
        if (IsCurrent || _state is (int)State.New or (int)State.Stopped)
            return;

        var passed = new ManualResetEventSlim();
        _barriers.Enqueue(passed);
        do
            Wake();
        while (!passed.Wait(BarrierPatience) && _state != (int)State.Stopped);
    }

    /// <summary>Gives the shard an input on its own thread, past the mailbox.</summary>
    internal void Handle(in SipInput input, Moment now)
    {
        _meter.CountInput();
        _backlog.CountHandled();
        try
        {
            Shard.Receive(input, now);
        }
        catch (Exception e)
        {
            Fault(e);
        }

        RunTurns();
        SendPackets();
        _writes?.FlushIfMany();
    }

    private void Run()
    {
        // Async code that the shard starts while it handles a message resumes here, as a turn.
        SynchronizationContext.SetSynchronizationContext(Shard.Turns);
        var wakes = WakeBatch.Open();
        _writes = WriteBatch.Open();
        while (_state == (int)State.Running)
        {
            var began = _clock.Now;
            _meter.BeginRound(began);
            Shard.Observe(_backlog.IsBusy ? _backlog.Lag(began, Waiting()) : TimeSpan.Zero, began);
            var more = Round(began);
            wakes.Flush();
            var now = _clock.Now;
            _meter.EndRound(now);
            if (more)
                continue;

            // What came since then was not there when the sockets were read; what comes now ends the sleep.
            _backlog.CaughtUp(began);
            Sleep(now);
        }

        for (var more = true; more;)
            more = Round(_clock.Now);

        wakes.Flush();
        _state = (int)State.Stopped;
    }

    private bool Round(Moment now)
    {
        while (_barriers.TryDequeue(out var passed))
            passed.Set();

        // After a sleep only those that woke the loop; in a busy stretch all of them, each round.
        var inletsMayHaveMore = false;
        var inlets = _inlets;
        for (var i = 0; i < inlets.Length; i++)
        {
            if ((_readable & (1u << i)) != 0)
                inletsMayHaveMore |= Read(inlets[i]);
        }

        _readable = LoopWaiter.All;

        for (var left = _options.Batch; left > 0 && _mailbox.TryTake(out var input); left--)
            Handle(input, _clock.Now);

        RunTurns();
        now = _clock.Now;
        if (Shard.NextDeadline <= now)
        {
            try
            {
                Shard.Advance(now);
            }
            catch (Exception e)
            {
                Fault(e);
            }

            RunTurns();
        }

        SendPackets();
        _writes!.Flush();
        return _mailbox.Count > 0 || Shard.Turns.Count > 0 || (inletsMayHaveMore && _state == (int)State.Running);
    }

    private int Waiting()
    {
        long waiting = _mailbox.Count;
        foreach (var inlet in _inlets)
            waiting += inlet.Waiting;

        return (int)Math.Min(int.MaxValue, waiting);
    }

    // One datagram or connection that brings an error to light does not end the others.
    private bool Read(IShardInlet inlet)
    {
        try
        {
            return inlet.Receive(this);
        }
        catch (Exception e)
        {
            Fault(e);
            return false;
        }
    }

    private void RunTurns()
    {
        if (Shard.Turns.Count > 0)
            _meter.CountTurns(Shard.Turns.RunAll(_options.Batch));
    }

    private void SendPackets()
    {
        while (Shard.TryTakePacket(out var packet))
        {
            if (Sender is { } sender)
            {
                sender(packet);
                continue;
            }

            _meter.CountUnsent();
            packet.Data.Release();
        }
    }

    private void Sleep(Moment now)
    {
        var deadline = Shard.NextDeadline;
        var milliseconds = -1;
        if (deadline != Moment.Never)
        {
            var ticks = deadline.Ticks - now.Ticks;
            if (ticks <= 0)
                return;

            milliseconds = (int)Math.Min(int.MaxValue, (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
        }

        var inlets = _inlets;
        Span<int> descriptors = stackalloc int[inlets.Length];
        for (var i = 0; i < inlets.Length; i++)
            descriptors[i] = inlets[i].Descriptor;

        // Who posts sees the flag, or we see what was posted: both sides write first and then read, with a full fence.
        Interlocked.Exchange(ref _sleeping, 1);
        if (_mailbox.Count == 0 && Shard.Turns.Count == 0 && _barriers.IsEmpty && _state == (int)State.Running)
        {
            _readable = _waiter.Wait(milliseconds, descriptors);
            _backlog.CaughtUp(_clock.Now);
        }

        Volatile.Write(ref _sleeping, 0);
        _meter.CountWakeUp();
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) != 0 && Interlocked.Exchange(ref _sleeping, 0) != 0)
            _waiter.Wake();
    }

    /// <summary>Counts and reports what should not have been thrown, on any thread.</summary>
    internal void Fault(Exception exception)
    {
        _meter.CountFault();
        Failed?.Invoke(exception);
    }
}
