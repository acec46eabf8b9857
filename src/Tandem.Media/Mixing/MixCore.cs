using Tandem.Core.Time;
using Tandem.Media.Events;

namespace Tandem.Media.Mixing;

/// <summary>
/// The sum of a mix and what each member hears of it. Sans-IO, owned by one media loop. The work of a tick is linear in the members: those
/// who speak are added up once, each hears the sum without himself, and only entries of the matrix that differ from the default are
/// added and taken off one by one.
/// </summary>
internal sealed class MixCore(MixOptions options, Action<MediaEvent>? raise)
{
    private readonly List<MixMember> _members = [];
    private readonly float _threshold = SampleMath.MeanSquareOf(options.SpeechLevelDb);
    private readonly List<MemberLevel> _speakers = [];
    private int[] _sum = new int[160];
    private int[] _scratch = new int[160];
    private short[] _total = new short[160];
    private int _heardByAll;
    private int _routes;
    private Moment _lastSpeakers;
    private bool _spoke;

    public MixOptions Options => options;

    public IReadOnlyList<MixMember> Members => _members;

    /// <summary>Hertz of the mix. It rises with the members and does not fall again, for each change is heard.</summary>
    public int SampleRate { get; private set; } = 8000;

    /// <summary>Samples of a tick.</summary>
    public int FrameLength => SampleRate / 50;

    /// <summary>Additions of one whole frame that the last tick and the renderings after it took: the cost, for tests and metrics.</summary>
    public long FrameOperations { get; private set; }

    /// <summary>What a member hears who adds nothing and whose matrix is the default. Valid after <see cref="Sum"/>.</summary>
    public ReadOnlySpan<short> Total => _total.AsSpan(0, FrameLength);

    /// <summary>Nobody is heard in this tick by everybody.</summary>
    public bool IsSilent => _heardByAll == 0;

    /// <summary>Takes a member in; false when the mix is full.</summary>
    public bool TryAdd(MixMember member)
    {
        if (_members.Count >= options.MaxMembers)
            return false;

        member.Index = _members.Count;
        _members.Add(member);
        EnsureRate(member.Feed.IsSource ? SampleRate : member.Feed.Rate);
        member.Contribution = new short[FrameLength];
        return true;
    }

    public void Remove(MixMember member)
    {
        if (member.Index < 0)
            return;

        var last = _members[^1];
        _members[member.Index] = last;
        last.Index = member.Index;
        _members.RemoveAt(_members.Count - 1);
        member.Index = -1;
        member.IsHeard = false;
        foreach (var listener in member.Listeners)
        {
            listener.Routes.RemoveAt(listener.RouteIndex(member));
            _routes--;
        }

        foreach (var route in member.Routes)
            route.From.Listeners.Remove(member);
        _routes -= member.Routes.Count;
        member.Listeners.Clear();
        member.Routes.Clear();
        member.ToMix.Dispose();
    }

    /// <summary>
    /// Sets how <paramref name="to"/> hears <paramref name="from"/>: dB, negative infinity for not at all, null for the default again.
    /// False when the matrix is full, or when both are the same.
    /// </summary>
    public bool TrySetRoute(MixMember from, MixMember to, double? gainDb)
    {
        if (ReferenceEquals(from, to))
            return false;

        var index = to.RouteIndex(from);
        if (gainDb is not { } db)
        {
            if (index < 0)
                return true;

            to.Routes.RemoveAt(index);
            from.Listeners.Remove(to);
            _routes--;
            return true;
        }

        var route = new MixRoute(from, SampleMath.GainOf(db));
        if (index >= 0)
        {
            to.Routes[index] = route;
            return true;
        }

        if (_routes >= options.MaxRoutes)
            return false;

        to.Routes.Add(route);
        from.Listeners.Add(to);
        _routes++;
        return true;
    }

    /// <summary>Adds up what everybody says in this tick.</summary>
    public void Sum(Moment now)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            if (!_members[i].Feed.IsSource)
                EnsureRate(_members[i].Feed.Rate);
        }

        FrameOperations = 0;
        _heardByAll = 0;
        var sum = _sum.AsSpan(0, FrameLength);
        sum.Clear();
        for (var i = 0; i < _members.Count; i++)
        {
            var member = _members[i];
            Hear(member, now);
            if (!member.IsHeard)
                continue;

            if (!member.IsHeardByAll)
                continue;

            _heardByAll++;
            FrameOperations++;
            SampleMath.Add(sum, member.Contribution);
        }

        SampleMath.Narrow(sum, _total.AsSpan(0, FrameLength));
        TellSpeakers(now);
    }

    /// <summary>True when <paramref name="member"/> hears exactly <see cref="Total"/>: one encoding serves all of these.</summary>
    public bool HearsTotal(MixMember member) =>
        !member.IsDeaf && member.HearsAll && member.Routes.Count == 0 && member.HearingGain == SampleMath.Unity && !(member.IsHeard && member.IsHeardByAll);

    /// <summary>What <paramref name="member"/> hears, <see cref="FrameLength"/> samples. False when that is nothing: <paramref name="result"/> is silence then.</summary>
    public bool Render(MixMember member, Span<short> result)
    {
        var own = member.IsHeard && member.IsHeardByAll;
        if (member.IsDeaf || (member.Routes.Count == 0 && (!member.HearsAll || _heardByAll == (own ? 1 : 0))))
        {
            result.Clear();
            return false;
        }

        if (member.Routes.Count == 0)
        {
            FrameOperations++;
            if (own)
                SampleMath.NarrowWithout(_sum, member.Contribution, result);
            else
                Total.CopyTo(result);
            SampleMath.Scale(result, member.HearingGain);
            return true;
        }

        return RenderRoutes(member, own, result);
    }

    private bool RenderRoutes(MixMember member, bool own, Span<short> result)
    {
        var sum = _scratch.AsSpan(0, FrameLength);
        var heard = 0;
        if (member.HearsAll)
        {
            _sum.AsSpan(0, FrameLength).CopyTo(sum);
            heard = _heardByAll;
            if (own)
            {
                SampleMath.AddScaled(sum, member.Contribution, -SampleMath.Unity);
                heard--;
            }
        }
        else
        {
            sum.Clear();
        }

        FrameOperations += 2;
        foreach (var route in member.Routes)
        {
            if (!route.From.IsHeard)
                continue;

            var byDefault = member.HearsByDefault(route.From);
            heard += (route.Gain != 0 ? 1 : 0) - (byDefault ? 1 : 0);
            FrameOperations++;
            SampleMath.AddScaled(sum, route.From.Contribution, route.Gain - (byDefault ? SampleMath.Unity : 0));
        }

        SampleMath.Narrow(sum, result);
        SampleMath.Scale(result, member.HearingGain);
        return heard > 0;
    }

    private void Hear(MixMember member, Moment now)
    {
        var frame = member.Feed.Frame;
        member.IsHeard = false;
        if (member.Feed.IsSource)
        {
            member.IsHeard = !frame.IsEmpty && !member.IsMuted;
        }
        else
        {
            var wasSpeaking = member.Speech.IsSpeaking;
            var level = member.IsMuted ? 0 : SampleMath.MeanSquare(frame);
            if (member.Speech.Feed(level, _threshold, options.SpeechHangover, now))
                raise?.Invoke(new MemberSpeech(member.Id, member.Speech.IsSpeaking, SampleMath.LevelOf(level)));
            member.IsHeard = !frame.IsEmpty && !member.IsMuted && (member.Speech.IsSpeaking || !options.LeaveOutSilence);
            if (member.IsHeard && !wasSpeaking)
                member.ToMix.Reset();
        }

        if (!member.IsHeard)
            return;

        FrameOperations++;
        member.ToMix.Convert(frame, member.Feed.Rate, member.Contribution, SampleRate);
        SampleMath.Scale(member.Contribution, member.Gain);
    }

    private void EnsureRate(int rate)
    {
        var wanted = Math.Min(rate, options.MaxSampleRate);
        if (wanted > SampleRate)
            SampleRate = wanted;
        if (_sum.Length >= FrameLength)
            return;

        _sum = new int[FrameLength];
        _scratch = new int[FrameLength];
        _total = new short[FrameLength];
        foreach (var member in _members)
            member.Contribution = new short[FrameLength];
    }

    private void TellSpeakers(Moment now)
    {
        if (raise is null || now - _lastSpeakers < options.SpeakersInterval)
            return;

        _speakers.Clear();
        foreach (var member in _members)
        {
            if (member.Speech.IsSpeaking)
                Insert(new MemberLevel(member.Id, SampleMath.LevelOf(member.Speech.Level)));
        }

        if (_speakers.Count == 0 && !_spoke)
            return;

        _spoke = _speakers.Count > 0;
        _lastSpeakers = now;
        raise(new SpeakersChanged(_speakers.ToArray()));
    }

    // The list is short and sorted; most of a thousand members are silent and never come here.
    private void Insert(MemberLevel level)
    {
        var at = _speakers.Count;
        while (at > 0 && _speakers[at - 1].LevelDb < level.LevelDb)
            at--;
        if (at >= options.MaxSpeakers)
            return;

        if (_speakers.Count == options.MaxSpeakers)
            _speakers.RemoveAt(_speakers.Count - 1);
        _speakers.Insert(at, level);
    }
}
