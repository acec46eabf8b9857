using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Jitter;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Audio;

/// <summary>Sessions, mixes and phones on one audio tick, in virtual time.</summary>
internal sealed class AudioRig
{
    private static readonly long Start = Moment.FromMilliseconds(1000).Ticks;

    private readonly List<TestPhone> _phones = [];
    private readonly List<MediaMix> _mixes = [];
    private readonly Queue<Action<Moment>> _posted = new();

    public AudioRig(AudioOptions? options = null)
    {
        Options = options ?? new AudioOptions { ComfortLevelDb = -100 };
        Tick = new AudioTick(Options);
    }

    public AudioOptions Options { get; }

    public AudioTick Tick { get; }

    public Moment Now { get; private set; } = Moment.FromMilliseconds(1000);

    public List<MediaEvent> Events { get; } = [];

    public List<MediaEvent> MixEvents { get; } = [];

    /// <summary>A session with one or two phones and a plan in force.</summary>
    public SessionAudio Call(TestPhone a, TestPhone? b = null, bool canRelay = false)
    {
        var session = new SessionAudio(
            new AudioContext(Options, new JitterOptions(), Events.Add),
            (_, side) => side == MediaSide.A ? a : b,
            _posted.Enqueue,
            _ => { });
        session.Enter(Tick, Now);
        Plan(session, a, b, canRelay);
        Add(a);
        if (b is null)
            return session;

        Add(b);
        if (canRelay)
            (a.Peer, b.Peer) = (b, a);
        return session;
    }

    /// <summary>A session of one side whose path the test serves itself.</summary>
    public SessionAudio Silent(ILegPath path, LineSide plan)
    {
        var session = new SessionAudio(new AudioContext(Options, new JitterOptions(), Events.Add), (_, side) => side == MediaSide.A ? path : null, _posted.Enqueue, _ => { });
        session.Enter(Tick, Now);
        session.Apply(new MediaPlan([new LinePlan("audio", plan, null, false)], [], [], false, false), Now);
        return session;
    }

    /// <summary>Moves the clock and nothing else.</summary>
    public void Advance(int milliseconds) => Now += TimeSpan.FromMilliseconds(milliseconds);

    public void Plan(SessionAudio session, TestPhone a, TestPhone? b, bool canRelay) =>
        session.Apply(new MediaPlan([new LinePlan("audio", a.Plan, b?.Plan, canRelay)], [], [], false, false), Now);

    public MediaMix Mix(MixOptions? options = null, bool hasEvents = true)
    {
        var mix = new MediaMix(options ?? new MixOptions(), hasEvents ? MixEvents.Add : null, null);
        mix.Enter(Tick, Now);
        _mixes.Add(mix);
        return mix;
    }

    /// <summary>Lets time pass; phones send between two ticks.</summary>
    public void Run(int milliseconds)
    {
        RunCommands();
        var end = Now + TimeSpan.FromMilliseconds(milliseconds);
        while (Now < end)
        {
            Now += TimeSpan.FromMilliseconds(1);
            foreach (var phone in _phones)
            {
                phone.Now = new Moment(Now.Ticks - Start);
                if (Now.Milliseconds % 20 == 7 || phone.Drift != 0)
                    phone.Speak(Now);
            }

            RunCommands();
            if (Now >= Tick.NextDeadline)
                Tick.Tick(Now);
        }
    }

    public void RunCommands()
    {
        while (_posted.TryDequeue(out var command))
            command(Now);
        foreach (var mix in _mixes)
            mix.Run(Now);
    }

    private void Add(TestPhone phone) => _phones.Add(phone);
}
