using Tandem.Core.Time;
using Tandem.Media.Dtmf;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtp;

namespace Tandem.Media.Audio;

/// <summary>
/// One side of one audio line, decoded: what comes from it, 20 ms a tick, and what it hears, out of the other side, a mix, playbacks and
/// digits. It decodes only while somebody listens, and encodes only while something is written. Owned by the media loop.
/// </summary>
internal sealed partial class AudioLeg : IRtpInput, IMixFeed
{
    private readonly AudioContext _context;
    private readonly LegReceiver _receiver;
    private readonly List<ActivePlay> _plays = [];

    // Made once: a method that is handed over would be a new object in every tick.
    private readonly Action<long, bool> _sent;
    private SpeechDetector _speech;
    private ILegPath? _path;

    public AudioLeg(MediaSide side, AudioContext context)
    {
        Side = side;
        _context = context;
        _receiver = new LegReceiver(context.Jitter);
        Sender = new LegSender();
        Digits = new DigitSender(context.Options);
        _sent = (id, isComplete) => context.Raise(new DtmfSent(side, id, isComplete));
    }

    public MediaSide Side { get; }

    /// <summary>The plan in force; null while the side has no part in the line.</summary>
    public LineSide? Plan { get; private set; }

    /// <summary>Nobody hears this side.</summary>
    public bool IsMuted { get; set; }

    /// <summary>The side hears nobody; playbacks it hears.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>The side hears itself.</summary>
    public bool IsEcho { get; set; }

    /// <summary>How others hear it: a factor times 1,024.</summary>
    public int Gain { get; set; } = SampleMath.Unity;

    /// <summary>How it hears others: a factor times 1,024.</summary>
    public int HearingGain { get; set; } = SampleMath.Unity;

    public DtmfPolicy Dtmf { get; set; } = DtmfPolicy.Default;

    /// <summary>Speech of the side is reported.</summary>
    public bool ReportsSpeech { get; set; }

    /// <summary>The mix that it is in.</summary>
    public MediaMix? Mix { get; private set; }

    public MixMember? Member { get; private set; }

    /// <summary>Its sound is decoded.</summary>
    public bool Listens { get; private set; }

    /// <summary>Its telephone events are read, whether its sound is decoded or not.</summary>
    public bool ReadsEvents { get; private set; }

    /// <summary>We write what it hears: nothing is relayed to it.</summary>
    public bool Writes { get; private set; }

    /// <summary>Something is done for it in every tick.</summary>
    public bool IsActive => Listens || ReadsEvents || Writes || _receiver.HasSignalled;

    /// <summary>It hears something of its own: a playback, a mix, digits, itself, or nothing.</summary>
    public bool IsOwn => Plays > 0 || Mix is not null || IsEcho || IsDeaf || Digits.IsBusy;

    /// <summary>What it hears is the other side, whatever is mixed into it.</summary>
    public bool HearsOther => !IsTaken && Mix is null && !IsEcho && !IsDeaf && !Digits.IsBusy;

    /// <summary>Sound has begun to come out of the jitter buffer.</summary>
    public bool IsPlaying => _receiver.IsPlaying;

    /// <summary>What it says in this tick; empty when nothing.</summary>
    public ReadOnlySpan<short> Frame => IsMuted || !Listens ? default : _receiver.Frame;

    public int Rate => _receiver.SampleRate;

    bool IMixFeed.IsSource => false;

    /// <summary>The jitter buffer and the decoders.</summary>
    public LegReceiver Receiver => _receiver;

    /// <summary>The stream that we send.</summary>
    public LegSender Sender { get; }

    /// <summary>It hears the other side otherwise than that speaks.</summary>
    public bool HearsAltered(AudioLeg other) =>
        HearingGain != SampleMath.Unity || other.Gain != SampleMath.Unity || other.IsMuted || (other.Dtmf.FindTones && Plan?.Audio is { EventOut: >= 0 });

    /// <summary>Puts a plan in force. Streams go on where they can.</summary>
    public void Apply(LineSide? plan, ILegPath? path)
    {
        if (!ReferenceEquals(path, _path))
        {
            Detach();
            _path = path;
        }

        Plan = plan;
        _receiver.Apply(plan?.Audio);
        Sender.Apply(plan?.Audio);
        Digits.Apply(plan?.Audio);
    }

    public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, Moment now)
    {
        if (Listens || ReadsEvents)
            _receiver.Receive(header, payload, Listens, now);
    }

    /// <summary>Sets what is done for this side; the packet path follows at once.</summary>
    /// <param name="sound">Its sound is decoded.</param>
    /// <param name="events">Its telephone events are read.</param>
    /// <param name="writes">We write what it hears.</param>
    /// <param name="rate">The highest rate at which its sound is of use, Hz.</param>
    public void Set(bool sound, bool events, bool writes, int rate)
    {
        if (_path is null)
            return;

        // A finer decoder costs a gap: not for a tap that comes to a call which is heard already, but for a mix, which is a change of sound anyway.
        if (sound && (!Listens || Mix is not null || !IsPlaying))
            _receiver.Expect(rate);
        if (sound != Listens)
        {
            _receiver.Restart();
            _path.BufferMilliseconds = null;
        }

        Listens = sound;
        ReadsEvents = events;
        _receiver.FindsTones = sound && Dtmf.FindTones;
        _path.Listener = sound || events ? this : null;
        if (writes == Writes)
            return;

        Writes = writes;
        _path.IsFed = writes;
        _source = null;
        _last = 0;
    }

    /// <summary>Takes 20 ms out of the jitter buffer.</summary>
    public void Read(Moment now)
    {
        if (!Listens)
            return;

        _receiver.Read(now);
        if (_path is not null)
            _path.BufferMilliseconds = _receiver.BufferMilliseconds;
        SampleMath.Scale(_receiver.MutableFrame, Gain);
        if (!ReportsSpeech)
            return;

        var level = SampleMath.MeanSquare(_receiver.Frame);
        if (_speech.Feed(level, SampleMath.MeanSquareOf(_context.Options.SpeechLevelDb), _context.Options.SpeechHangover, now))
            _context.Raise(new SpeechChanged(Side, _speech.IsSpeaking, SampleMath.LevelOf(level)));
    }

    /// <summary>Takes the next digit that the side pressed.</summary>
    public bool TryTakeDigit(Moment now, out DtmfDigit digit)
    {
        digit = default;
        return (Listens || ReadsEvents || _receiver.HasSignalled) && _receiver.TryTakeDigit(now, out digit);
    }

    /// <summary>The side pressed a key and told it by signalling. One that comes in the media as well counts once.</summary>
    public void Press(char digit, int milliseconds, Moment now) => _receiver.Press(digit, milliseconds, now, _context.Options.InfoWait);

    public void Enter(MediaMix mix, MixMember member)
    {
        Mix = mix;
        Member = member;
    }

    public void LeaveMix()
    {
        Mix = null;
        Member = null;
    }

    /// <summary>Gives coders back that nobody needs.</summary>
    public void Rest()
    {
        if (!Listens)
            _receiver.Rest();
        if (!Writes)
        {
            Sender.Rest();
            _toSide.Dispose();
        }
    }

    /// <summary>Ends everything.</summary>
    public void Close()
    {
        StopAll(PlaybackEnd.Closed);
        Digits.Clear(_sent);
        Detach();
        Plan = null;
        _path = null;
        _receiver.Dispose();
        Sender.Dispose();
        _toSide.Dispose();
    }

    private void Detach()
    {
        if (_path is not null)
        {
            _path.Listener = null;
            _path.IsFed = false;
            _path.BufferMilliseconds = null;
        }

        Listens = false;
        ReadsEvents = false;
        Writes = false;
    }
}
