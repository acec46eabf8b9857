using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Dtls;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Transport;

namespace Tandem.Media;

/// <summary>The media room: ports, loops, sessions. Thread-safe.</summary>
public sealed class MediaEngine : IDisposable
{
    private readonly SocketLayer _layer;
    private readonly MediaLoop[] _loops;
    private readonly Random _random;
    private readonly Func<NetAddress, NetAddress>? _localFor;
    private readonly Lock _randomLock = new();
    private int _sessions;
    private long _refused;
    private long _faults;
    private int _isDisposed;

    /// <param name="options">Limits; a value that cannot work throws <see cref="ArgumentException"/> with its name.</param>
    /// <param name="clock">The clock of the loops.</param>
    /// <param name="random">For port order and session ids; null for a random seed.</param>
    /// <param name="localFor">
    /// Which of our addresses a peer is told, for a machine that has several; called on signalling threads, it answers at once. Where it
    /// is absent or gives none of the family in question, the advertised addresses of the options serve.
    /// </param>
    public MediaEngine(MediaOptions options, Clock clock, Random? random = null, Func<NetAddress, NetAddress>? localFor = null)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        Options = options;
        Clock = clock;
        _random = random ?? new Random();
        _localFor = localFor;
        Negotiation = new NegotiationContext
        {
            Options = options,
            Formats = CodecCatalog.All,
            Shares = CodecCatalog.Shares,
            Fingerprints = DtlsCertificate.IsAvailable ? [.. DtlsCertificate.All.Select(static certificate => certificate.Fingerprint)] : [],
        };
        _layer = SocketLayer.For(options);
        Pool = new PortPool(options, _layer, _random);
        Handshakes = new HandshakePool(options.Dtls);
        _loops = new MediaLoop[options.Shards];
        for (var i = 0; i < _loops.Length; i++)
            _loops[i] = _layer.CreateLoop(i, Pool, clock);
        foreach (var loop in _loops)
            loop.Neighbours = _loops;
        foreach (var loop in _loops)
            loop.Start();
    }

    public MediaOptions Options { get; }

    /// <summary>Sessions that are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Sessions refused because there were too many.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Ports that sessions hold, RTP and RTCP both counted.</summary>
    public int PortsInUse => Pool.InUse;

    /// <summary>Ports that rest after use.</summary>
    public int PortsInQuarantine
    {
        get
        {
            Pool.Tick(Clock.Now);
            return Pool.Resting;
        }
    }

    /// <summary>Ports in the range.</summary>
    public int Ports => Pool.Pairs * 2;

    /// <summary>Open sessions of each loop.</summary>
    public IReadOnlyList<int> Loads => Array.ConvertAll(_loops, static loop => loop.Sessions);

    /// <summary>How busy each loop was in the last second, 0 to 1.</summary>
    public IReadOnlyList<double> Busy => Array.ConvertAll(_loops, static loop => loop.Load.Busy);

    /// <summary>The counters of each loop.</summary>
    public IReadOnlyList<LoopCounters> Counters => Array.ConvertAll(_loops, static loop => loop.Counters);

    /// <summary>What the negotiation of each session stands on.</summary>
    internal NegotiationContext Negotiation { get; }

    /// <summary>The loops, by index.</summary>
    internal IReadOnlyList<MediaLoop> Loops => _loops;

    /// <summary>The threads that compute DTLS handshakes.</summary>
    internal HandshakePool Handshakes { get; }

    /// <summary>DTLS handshakes that wait for a thread.</summary>
    public int HandshakesWaiting => Handshakes.Waiting;

    internal PortPool Pool { get; }

    internal Clock Clock { get; }

    /// <summary>
    /// Opens a session on the loop with the least load; null when there are too many. <paramref name="events"/> is called on that loop's
    /// thread with what happens to its media, and returns at once.
    /// </summary>
    /// <param name="events">Who hears of it.</param>
    /// <param name="isUrgent">It is one more than there may be, where that must be, and may have the last ports.</param>
    public MediaSession? Open(Action<MediaEvent> events, bool isUrgent = false)
    {
        if ((Interlocked.Increment(ref _sessions) > Options.MaxSessions && !isUrgent) || Volatile.Read(ref _isDisposed) != 0)
        {
            Interlocked.Decrement(ref _sessions);
            Interlocked.Increment(ref _refused);
            return null;
        }

        var loop = LeastLoaded();
        loop.AddLoad(1);
        lock (_randomLock)
            return new MediaSession(this, loop, _random, Guarded(events)) { IsUrgent = isUrgent };
    }

    /// <summary>
    /// Opens a mix on the loop with the least load; sessions that join it go there. <paramref name="events"/> is called on that loop's thread
    /// with what happens in it, and returns at once; null for nobody.
    /// </summary>
    /// <exception cref="ArgumentException">A value of the options cannot work.</exception>
    public MediaMix OpenMix(MixOptions options, Action<MediaEvent>? events)
    {
        var loop = LeastLoaded();
        var mix = new MediaMix(options, events is null ? null : Guarded(events), loop);
        loop.Post(new LoopCommand(now => mix.Enter(loop.Sound, now)));
        return mix;
    }

    /// <summary>The clock of decoded sound of each loop: its lateness and load.</summary>
    public IReadOnlyList<AudioTick> Ticks => Array.ConvertAll(_loops, static loop => loop.Sound);

    /// <summary>Sums over the loops.</summary>
    public MediaTotals Totals()
    {
        Span<long> verdicts = stackalloc long[PacketVerdicts.Count];
        long oversize = 0, sendErrors = 0, receiveErrors = 0, failures = 0, handshakesDropped = 0;
        verdicts.Clear();
        foreach (var loop in _loops)
        {
            for (var i = 0; i < verdicts.Length; i++)
                verdicts[i] += loop.Counters.Of((PacketVerdict)i);
            oversize += loop.Counters.Oversize;
            sendErrors += loop.Counters.SendErrors;
            receiveErrors += loop.Counters.ReceiveErrors;
            failures += loop.Counters.Failures;
            handshakesDropped += loop.Counters.HandshakesDropped;
        }

        return new MediaTotals(
            verdicts[(int)PacketVerdict.Rtp],
            verdicts[(int)PacketVerdict.Rtcp],
            verdicts[(int)PacketVerdict.Invalid],
            verdicts[(int)PacketVerdict.Stranger],
            verdicts[(int)PacketVerdict.NotWanted],
            verdicts[(int)PacketVerdict.NoTarget],
            verdicts[(int)PacketVerdict.Opaque],
            verdicts[(int)PacketVerdict.Heard],
            verdicts[(int)PacketVerdict.Report],
            verdicts[(int)PacketVerdict.Stun],
            verdicts[(int)PacketVerdict.Dtls],
            verdicts[(int)PacketVerdict.NoKey],
            verdicts[(int)PacketVerdict.BadTag],
            verdicts[(int)PacketVerdict.Replay],
            verdicts[(int)PacketVerdict.NotAllowed],
            verdicts[(int)PacketVerdict.NoLine],
            verdicts[(int)PacketVerdict.StunRefused],
            verdicts[(int)PacketVerdict.DtlsRefused],
            verdicts[(int)PacketVerdict.Mismatch],
            oversize,
            sendErrors,
            receiveErrors,
            failures + Volatile.Read(ref _faults) + Handshakes.Failures,
            Pool.BindFailures,
            Pool.Exhausted,
            Handshakes.Computed,
            handshakesDropped);
    }

    /// <summary>Stops the loops and closes every socket. Sessions that are open relay no more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;

        Handshakes.Dispose();
        foreach (var loop in _loops)
            loop.Dispose();
        Pool.Close();
    }

    /// <summary>Where new work goes: the loop with the fewest sessions of those that are not full.</summary>
    internal MediaLoop LeastLoaded()
    {
        var loop = _loops[0];
        foreach (var candidate in _loops)
        {
            if ((candidate.IsFull ? 1 : 0, candidate.Sessions).CompareTo((loop.IsFull ? 1 : 0, loop.Sessions)) < 0)
                loop = candidate;
        }

        return loop;
    }

    /// <summary>Our address of one family as <paramref name="peer"/> sees it.</summary>
    internal bool TryGetAddress(NetAddress peer, bool isV6, out NetAddress address)
    {
        address = _localFor is null || peer.IsUnspecified ? default : _localFor(peer);
        if (address.IsUnspecified || address.IsV6 != isV6)
            address = isV6 ? Options.AdvertisedV6 : Options.AdvertisedV4;
        return !address.IsUnspecified;
    }

    /// <summary>Adds the addresses under which our ports may be reached besides the one that SDP names.</summary>
    internal void AddAddresses(bool isV6, List<NetAddress> addresses)
    {
        Add(isV6 ? Options.AdvertisedV6 : Options.AdvertisedV4);
        foreach (var address in Options.CandidateAddresses)
            Add(address);

        void Add(NetAddress address)
        {
            if (!address.IsUnspecified && address.IsV6 == isV6 && !addresses.Contains(address))
                addresses.Add(address);
        }
    }

    // Who hears events is somebody else's code, as sources and taps are: his fault must not stop what told him half-way.
    private Action<MediaEvent> Guarded(Action<MediaEvent> events) => happened =>
    {
        try
        {
            events(happened);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Interlocked.Increment(ref _faults);
        }
    };

    internal void Ended(MediaLoop loop)
    {
        loop.AddLoad(-1);
        Interlocked.Decrement(ref _sessions);
    }
}
