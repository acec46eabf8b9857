using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Media.Quality;
using Tandem.Media.Tests.Transport;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests.Stories;

/// <summary>
/// Two phones and one session between them, its packets and its sound, in virtual time, over a network that loses, doubles, delays and
/// reorders what passes in both directions. The same seed gives the same story.
/// </summary>
internal sealed class SoundNetwork
{
    private readonly PriorityQueue<Action, (Moment At, long Order)> _underWay = new();
    private readonly Queue<Action<Moment>> _posted = new();
    private readonly Random _random;
    private readonly AudioTick _tick;
    private readonly bool _canRelay;
    private long _order;

    public SoundNetwork(int seed, NetworkConditions conditions, NetworkPhone a, NetworkPhone b, bool canRelay)
    {
        (_random, Conditions, A, B, _canRelay) = (new Random(seed), conditions, a, b, canRelay);
        var options = new AudioOptions { ComfortLevelDb = -100 };
        _tick = new AudioTick(options);
        var audio = new SessionAudio(
            new AudioContext(options, new JitterOptions(), Session.Events.Add), (line, side) => Session.Core.Lines[line][side], _posted.Enqueue, _ => { });
        audio.Enter(_tick, Now);
        Session.Core.Sound = audio;
        Negotiate();
    }

    /// <summary>What the network does from now on.</summary>
    public NetworkConditions Conditions { get; set; }

    public NetworkPhone A { get; }

    public NetworkPhone B { get; }

    public VirtualSession Session { get; } = new();

    public Moment Now { get; private set; } = Moment.FromMilliseconds(1000);

    /// <summary>RTP packets of a side that the network lost, and those that it delivered once or twice.</summary>
    public (int Lost, int Delivered)[] Counts { get; } = new (int, int)[2];

    public StreamQuality QualityFrom(MediaSide side) => Session.Core.Lines[0][side].Quality();

    /// <summary>What both phones say in their SDP comes into force.</summary>
    public void Negotiate() => Session.Apply(
        new MediaPlan(
            [new LinePlan("audio", A.Line, B.Line, _canRelay)],
            [MediaPlans.To(A.Named, A.Security)],
            [MediaPlans.To(B.Named, B.Security)],
            false,
            false),
        Now);

    /// <summary>Lets time pass.</summary>
    public void Run(double seconds)
    {
        for (var left = (int)(seconds * 1000); left > 0; left--)
        {
            Now += TimeSpan.FromMilliseconds(1);
            Session.Advance(Now);
            Speak(A, MediaSide.A);
            Speak(B, MediaSide.B);
            while (_underWay.TryPeek(out var arrive, out var due) && due.At <= Now)
            {
                _underWay.Dequeue();
                arrive();
            }

            while (_posted.TryDequeue(out var command))
                command(Now);
            if (Now >= _tick.NextDeadline)
                _tick.Tick(Now);
            Deliver();
            A.Listen(Now);
            B.Listen(Now);
        }
    }

    private void Speak(NetworkPhone phone, MediaSide side)
    {
        if (phone.Speak(Now) is not { } packet)
            return;

        var source = phone.Address;
        var copies = Pass(() => Session.Receive(side, packet, source, Now));
        var (lost, delivered) = Counts[(int)side];
        Counts[(int)side] = copies == 0 ? (lost + 1, delivered) : (lost, delivered + 1);
    }

    // A phone is reached where it is now: what goes to its old place is lost.
    private void Deliver()
    {
        foreach (var (_, packet, target) in Session.TakeSent())
        {
            Pass(() =>
            {
                if (target == A.Address)
                    A.Hear(packet, Now);
                else if (target == B.Address)
                    B.Hear(packet, Now);
            });
        }
    }

    private int Pass(Action arrive)
    {
        if (_random.NextDouble() < Conditions.Loss)
            return 0;

        var copies = _random.NextDouble() < Conditions.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
            _underWay.Enqueue(arrive, (Now + TimeSpan.FromMilliseconds(Conditions.Delay + _random.Next(Conditions.Jitter + 1)), _order++));
        return copies;
    }
}
