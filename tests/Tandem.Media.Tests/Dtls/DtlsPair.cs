using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Dtls;

/// <summary>
/// Two associations and a seeded network between them. Time is virtual; libssl alone runs its retransmission timers by the system's
/// clock, so when nothing is under way the pair waits for the timer that is due next, some milliseconds of real time.
/// </summary>
internal sealed class DtlsPair : IDisposable
{
    /// <summary>Timers short enough to be waited for: libssl takes the last 15 ms as over.</summary>
    public static readonly DtlsOptions Fast = new() { RetransmitTime = TimeSpan.FromMilliseconds(40) };

    // No network loses everything: what the chance takes of one direction in a row is bounded, so that no luck outlasts the patience of libssl.
    private const int MaxLostInARow = 4;

    private readonly Random _random;
    private readonly int[] _lostInARow = new int[2];
    private readonly List<(Moment Due, bool ToClient, byte[] Datagram)> _network = [];

    public DtlsPair(DtlsAssociation client, DtlsAssociation server, int seed = 0)
    {
        Client = client;
        Server = server;
        _random = new Random(seed);
    }

    public DtlsAssociation Client { get; }

    public DtlsAssociation Server { get; }

    /// <summary>The chance that a datagram is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The chance that it comes twice.</summary>
    public double Duplication { get; init; }

    /// <summary>The longest delay; each datagram has its own, so they overtake each other.</summary>
    public int MaxDelayMilliseconds { get; init; }

    /// <summary>Sees every datagram: true lets it through.</summary>
    public Func<bool, byte[], bool> Filter { get; set; } = (_, _) => true;

    public List<byte[]> Sent { get; } = [];

    public Moment Now { get; private set; } = Moment.FromMilliseconds(5000);

    public static DtlsPair Create(
        DtlsOptions? options = null, int seed = 0, double loss = 0, double duplication = 0, int delay = 0, bool verifySource = false, params SrtpProfile[] profiles)
    {
        var other = Others.Value;
        var wanted = profiles.Length == 0 ? SrtpProfiles.All : profiles;
        return new DtlsPair(
            new DtlsAssociation(DtlsCertificate.Shared, isClient: true, [other.Fingerprint], wanted, options ?? Fast),
            new DtlsAssociation(other, isClient: false, [DtlsCertificate.Shared.Fingerprint], wanted, options ?? Fast, verifySource),
            seed)
        {
            Loss = loss,
            Duplication = duplication,
            MaxDelayMilliseconds = delay,
        };
    }

    /// <summary>A second certificate.</summary>
    public static Lazy<DtlsCertificate> Others { get; } = new(() => DtlsCertificate.Create(TimeProvider.System));

    /// <summary>Runs until both have ended their handshake, or <paramref name="seconds"/> of virtual time are over.</summary>
    public void Run(int seconds = 60)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Client.Start(Now);
        Server.Start(Now);
        while (Now < end)
        {
            Collect(Client, toClient: false);
            Collect(Server, toClient: true);
            if (_network.Count == 0 && Client.State != DtlsState.Handshaking && Server.State != DtlsState.Handshaking)
                return;

            if (_network.Count > 0)
            {
                var next = _network.MinBy(x => x.Due);
                _network.Remove(next);
                Now = next.Due > Now ? next.Due : Now;
                (next.ToClient ? Client : Server).Receive(next.Datagram, Now);
                continue;
            }

            var due = Moment.Earlier(Client.Deadline, Server.Deadline);
            if (due == Moment.Never)
                return;

            WaitFor(due - Now);
            Now = due > Now ? due : Now;
            Client.OnDeadline(Now);
            Server.OnDeadline(Now);
        }
    }

    /// <summary>Delivers what is under way without time passing.</summary>
    public void Settle()
    {
        for (var round = 0; round < 20; round++)
        {
            Collect(Client, toClient: false);
            Collect(Server, toClient: true);
            foreach (var (_, toClient, datagram) in _network.ToArray())
                (toClient ? Client : Server).Receive(datagram, Now);
            _network.Clear();
        }
    }

    public void Advance(TimeSpan time) => Now += time;

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private void Collect(DtlsAssociation from, bool toClient)
    {
        var buffer = new byte[2048];
        while (from.TryTakeOutput(buffer, out var length))
        {
            var datagram = buffer[..length];
            Sent.Add(datagram);
            if (!Filter(toClient, datagram) || IsLost(toClient))
                continue;

            for (var copies = _random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
                _network.Add((Now + TimeSpan.FromMilliseconds(_random.Next(MaxDelayMilliseconds + 1)), toClient, datagram));
        }
    }

    private bool IsLost(bool toClient)
    {
        ref var inARow = ref _lostInARow[toClient ? 1 : 0];
        inARow = _random.NextDouble() < Loss && inARow < MaxLostInARow ? inARow + 1 : 0;
        return inARow > 0;
    }

    // Only timers of libssl are this near; the limit of the handshake is virtual and jumped to.
    private void WaitFor(TimeSpan time)
    {
        if (time > TimeSpan.Zero && time < TimeSpan.FromSeconds(4.5))
            Thread.Sleep(time);
    }
}
