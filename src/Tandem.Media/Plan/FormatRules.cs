using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Tandem.Media.Codecs;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>Which formats a line is offered with and which ones an answer settles on. Pure.</summary>
internal sealed class FormatRules(NegotiationContext context)
{
    // What we add to the codecs of an offer: what phones commonly have. L16 and GSM are read and written when somebody else names them.
    private static readonly AudioCodec[] Added = [AudioCodec.Opus, AudioCodec.G722, AudioCodec.Pcmu, AudioCodec.Pcma, AudioCodec.G729];

    private static readonly string[] Tokens = [.. Enumerable.Range(0, 128).Select(static type => type.ToString(CultureInfo.InvariantCulture))];

    // What we add is the same for all, as long as its number is free.
    private static readonly ConditionalWeakTable<AudioFormat, LineFormat> Own = [];
    private static readonly ConcurrentDictionary<int, LineFormat> OwnEvents = new();
    private static readonly LineFormat Dropped = new("", FormatRole.Other, new SdpFormat("", -1, "", 0, 1, ""), new SdpFormat("", -1, "", 0, 1, ""));

    /// <summary>The formats of a line as its side wrote them, without codecs of ours that the policy does not allow.</summary>
    public List<LineFormat> Read(SdpMedia media, LegPolicy policy)
    {
        var isAudio = media.Kind == "audio" && media.Transport.IsRtp();
        var formats = new List<LineFormat>(media.Formats.Count);
        foreach (var format in media.Formats)
        {
            var line = isAudio ? ReadAudio(format, formats) : Other(format);
            if (line.Audio is null || Rank(policy, line.Audio) >= 0)
                formats.Add(line);
        }

        return formats;
    }

    /// <summary>What the other side is offered of <paramref name="source"/>, what we add to it included.</summary>
    /// <param name="source">The formats of the side that offers, or has agreed on them; empty when the offer is our own.</param>
    /// <param name="isAudio">An audio line: only there we add something.</param>
    /// <param name="adds">False keeps to the source: so that nothing needs to be transcoded.</param>
    /// <param name="policy">Of the side that is offered to.</param>
    /// <param name="line">The index of the line.</param>
    /// <param name="numbers">Of the side that is offered to.</param>
    /// <param name="avoid">The numbers of the source, over all lines, a bit for each.</param>
    public List<LineFormat> Offer(
        IReadOnlyList<LineFormat> source, bool isAudio, bool adds, LegPolicy policy, int line, PayloadNumbers numbers, UInt128 avoid)
    {
        if (!isAudio)
            return Renumber([.. source], line, numbers, avoid);

        var known = new List<LineFormat>(source.Count + Added.Length);
        AddKnown(known, source, policy);
        var formats = new List<LineFormat>(source.Count + (2 * Added.Length));
        formats.AddRange(known);
        foreach (var format in source)
        {
            if (format.Role == FormatRole.Other)
                formats.Add(format);
        }


        // A line of which we read nothing cannot be transcoded.
        if (adds && (source.Count == 0 || known.Count > 0))
        {
            foreach (var audio in Ranked(policy))
            {
                if (Array.IndexOf(Added, audio.Codec) < 0 || Find(known, audio.Key) is not null)
                    continue;

                known.Add(Own.GetValue(audio, static format => Ours(format)));
                formats.Add(known[^1]);
            }
        }

        // RFC 4733 §2.1: events have the clock of the codec that they interrupt, so there is one for each rate (RFC 7587 asks it of Opus).
        foreach (var format in known)
        {
            var clock = format.Local.ClockRate;
            if (!HasEvent(source, clock) && !HasEvent(formats, clock))
                formats.Add(OwnEvents.GetOrAdd(clock, static rate => OurEvent(rate)));
        }

        foreach (var format in source)
        {
            if (format.Role is FormatRole.Event or FormatRole.ComfortNoise or FormatRole.Redundancy)
                formats.Add(format);
        }

        return Renumber(formats, line, numbers, avoid);
    }

    /// <summary>The formats of our offer that an answer took, in its order, with the numbers that it gave them.</summary>
    public static List<LineFormat> Taken(IReadOnlyList<LineFormat> offered, SdpMedia answer)
    {
        var taken = new List<LineFormat>(answer.Formats.Count);
        foreach (var format in answer.Formats)
        {
            var match = Numbered(offered, format) ?? Named(offered, format, taken);
            if (match is not null && Find(taken, match.Key) is null)
                taken.Add(match with { Remote = format });
        }

        return taken;
    }

    /// <summary>
    /// What the side that offered is answered once the other side has answered: what both share, in the order of the answer, and when they
    /// share nothing whatever we can read.
    /// </summary>
    public List<LineFormat> Answer(IReadOnlyList<LineFormat> offered, IReadOnlyList<LineFormat> answered, LegPolicy policy)
    {
        var formats = new List<LineFormat>(offered.Count);
        Dictionary<int, int>? renamed = null;
        for (var i = 0; i < answered.Count; i++)
        {
            var other = answered[i];
            if (Find(offered, other.Key) is { } own && own.Role != FormatRole.Event && CanPass(own, other))
            {
                if (own.Remote.PayloadType != other.Remote.PayloadType)
                    (renamed ??= [])[other.Remote.PayloadType] = own.Remote.PayloadType;
                formats.Add(With(own, other.Remote.Parameters));
            }
        }

        if (!formats.Exists(static format => format.IsMedia))
            return Alone(offered, policy);

        for (var i = 0; i < formats.Count && renamed is not null; i++)
            formats[i] = formats[i] with { Local = FormatReferences.Renamed(formats[i].Local, renamed) };
        AddEvents(formats, offered, answered);
        return formats;
    }

    /// <summary>What a side is answered when the exchange itself is the other party, or transcodes: every codec of the offer that we read.</summary>
    public List<LineFormat> Alone(IReadOnlyList<LineFormat> offered, LegPolicy policy)
    {
        var formats = offered.Where(format => format.Role == FormatRole.Audio).OrderBy(format => Rank(policy, format.Audio!))
            .Select(format => format with { Local = format.Local with { Parameters = CodecCatalog.Parameters(format.Audio!, format.Remote.Parameters) } }).ToList();
        if (formats.Count == 0)
            return formats;

        AddEvents(formats, offered, []);
        formats.AddRange(offered.Where(format => format.Role == FormatRole.ComfortNoise && formats.Exists(one => one.Local.ClockRate == format.Local.ClockRate)));
        return formats;
    }

    /// <summary>Packets of both formats pass from one side to the other.</summary>
    public bool CanPass(LineFormat left, LineFormat right) =>
        left.Key == right.Key
        && (left.Audio is null || right.Audio is null
            || context.Shares(new PayloadFormat(0, left.Audio, left.Remote.Parameters), new PayloadFormat(0, right.Audio, right.Remote.Parameters)));

    private static LineFormat? Numbered(IReadOnlyList<LineFormat> offered, SdpFormat format)
    {
        for (var i = 0; i < offered.Count; i++)
        {
            if (offered[i].Local is var own && own.PayloadType == format.PayloadType && own.PayloadType >= 0 && IsSame(own, format))
                return offered[i];
        }

        return null;
    }

    private static LineFormat? Named(IReadOnlyList<LineFormat> offered, SdpFormat format, List<LineFormat> taken)
    {
        for (var i = 0; i < offered.Count && format.Name.Length > 0; i++)
        {
            if (IsSame(offered[i].Local, format) && Find(taken, offered[i].Key) is null)
                return offered[i];
        }

        return null;
    }

    private static bool IsSame(SdpFormat own, SdpFormat other) =>
        other.Name.Length == 0 || (own.Is(other.Name) && own.ClockRate == other.ClockRate && own.Channels == other.Channels);

    // The events of every rate that a codec of the answer has, and those that the other side takes whatever their rate; those that it does
    // not take are for us to translate. A phone may have events of another rate than its codec's alone, against RFC 4733 §2.1: then those.
    private static void AddEvents(List<LineFormat> formats, IReadOnlyList<LineFormat> offered, IReadOnlyList<LineFormat> answered)
    {
        var media = formats.Count;
        var fits = false;
        for (var i = 0; i < offered.Count; i++)
            fits |= offered[i].Role == FormatRole.Event && HasMedia(formats, media, offered[i].Local.ClockRate);

        for (var i = 0; i < offered.Count; i++)
        {
            var own = offered[i];
            if (own.Role != FormatRole.Event)
                continue;

            if (Find(answered, own.Key) is { } other)
                formats.Add(With(own, other.Remote.Parameters));
            else if (!fits || HasMedia(formats, media, own.Local.ClockRate))
                formats.Add(own);
        }
    }

    private static bool HasMedia(List<LineFormat> formats, int count, int clock)
    {
        for (var i = 0; i < count; i++)
        {
            if (formats[i].IsMedia && formats[i].Local.ClockRate == clock)
                return true;
        }

        return false;
    }

    private static LineFormat With(LineFormat own, string parameters) =>
        own.Local.Parameters == parameters ? own : own with { Local = own.Local with { Parameters = parameters } };

    // What we read of the source, in the order of the side; equals stay in theirs.
    private void AddKnown(List<LineFormat> known, IReadOnlyList<LineFormat> source, LegPolicy policy)
    {
        foreach (var format in source)
        {
            if (format.Role != FormatRole.Audio || Rank(policy, format.Audio!) is not (>= 0 and var rank))
                continue;

            var place = known.Count;
            while (place > 0 && Rank(policy, known[place - 1].Audio!) > rank)
                place--;
            known.Insert(place, format);
        }
    }

    // All that a side takes, in its order.
    private IReadOnlyList<AudioFormat> Ranked(LegPolicy policy)
    {
        if (policy.Codecs.Count == 0)
            return context.Formats;

        var ranked = new List<AudioFormat>(context.Formats.Count);
        foreach (var codec in policy.Codecs)
        {
            foreach (var format in context.Formats)
            {
                if (format.Codec == codec)
                    ranked.Add(format);
            }
        }

        return ranked;
    }

    private static LineFormat? Find(IReadOnlyList<LineFormat> formats, string key)
    {
        for (var i = 0; i < formats.Count; i++)
        {
            if (formats[i].Key == key)
                return formats[i];
        }

        return null;
    }

    private static bool HasEvent(IReadOnlyList<LineFormat> formats, int clock)
    {
        for (var i = 0; i < formats.Count; i++)
        {
            if (formats[i].Role == FormatRole.Event && formats[i].Local.ClockRate == clock)
                return true;
        }

        return false;
    }

    private LineFormat ReadAudio(SdpFormat format, List<LineFormat> before)
    {
        foreach (var audio in context.Formats)
        {
            if (format.Is(audio.Name) && format.ClockRate == audio.ClockRate && format.Channels == audio.Channels)
                return Find(before, audio.Key) is null ? new LineFormat(audio.Key, FormatRole.Audio, format, format, audio) : Other(format);
        }

        var key = $"{format.Name.ToLowerInvariant()}/{format.ClockRate}/{format.Channels}";
        if (Find(before, key) is not null)
            return Other(format);
        if (format.Is("telephone-event"))
            return new LineFormat(key, FormatRole.Event, format, format);
        if (format.Is("CN"))
            return new LineFormat(key, FormatRole.ComfortNoise, format, format);
        if (format.Is("red"))
            return new LineFormat(key, FormatRole.Redundancy, format, format);

        return Other(format);
    }

    // Two formats may differ in their parameters alone (H.264), so the number of the side that named it first is part of the key.
    private static LineFormat Other(SdpFormat format) =>
        new($"{format.Name.ToLowerInvariant()}/{format.ClockRate}/{format.Channels}#{format.Token}", FormatRole.Other, format, format);

    private static LineFormat Ours(AudioFormat format)
    {
        var type = format.StaticPayloadType >= 0 ? format.StaticPayloadType : format.Codec == AudioCodec.Opus ? 111 : 96;
        var own = new SdpFormat(Tokens[type], type, format.Name, format.ClockRate, format.Channels, CodecCatalog.Parameters(format));
        return new LineFormat(format.Key, FormatRole.Audio, own, own, format, IsOurs: true);
    }

    private static LineFormat OurEvent(int clock)
    {
        var type = clock == 8000 ? 101 : 110;
        var own = new SdpFormat(Tokens[type], type, "telephone-event", clock, 1, "0-15");
        return new LineFormat($"telephone-event/{clock}/1", FormatRole.Event, own, own, IsOurs: true);
    }

    // The place of a codec in the order of a side; -1 when it is not to be used there.
    private int Rank(LegPolicy policy, AudioFormat format)
    {
        if (policy.Codecs.Count > 0)
            return IndexOf(policy.Codecs, format.Codec);

        for (var i = 0; i < context.Formats.Count; i++)
        {
            if (context.Formats[i] == format)
                return i;
        }

        return -1;
    }

    private static int IndexOf(IReadOnlyList<AudioCodec> codecs, AudioCodec codec)
    {
        for (var i = 0; i < codecs.Count; i++)
        {
            if (codecs[i] == codec)
                return i;
        }

        return -1;
    }

    // In place: the list is the caller's own.
    private static List<LineFormat> Renumber(List<LineFormat> formats, int line, PayloadNumbers numbers, UInt128 avoid)
    {
        // Only formats that name others need to know how those are called now.
        var renamed = formats.Exists(static format => format.Role == FormatRole.Redundancy || format.Local.Is("rtx")) ? new Dictionary<int, int>() : null;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < formats.Count; i++)
            {
                // Those of the source have the first choice of a number.
                var format = formats[i];
                if (format.IsOurs != (pass == 1) || ReferenceEquals(format, Dropped))
                    continue;

                var own = format.Local;
                if (own.PayloadType < 0)
                    continue;

                var type = numbers.Take(line, own, format.IsOurs ? avoid : 0);
                if (type < 0)
                {
                    formats[i] = Dropped;
                    continue;
                }

                if (!format.IsOurs && renamed is not null)
                    renamed[own.PayloadType] = type;
                var token = Tokens[type];
                if (own.PayloadType != type || own.Token != token)
                    formats[i] = format with { Local = own with { PayloadType = type, Token = token } };
            }
        }

        for (var i = 0; i < formats.Count && renamed is not null; i++)
        {
            // The blocks of redundancy name payload types inside the packet, where nobody renames them.
            var format = formats[i];
            if (format.Role == FormatRole.Redundancy && !FormatReferences.AreUnchanged(format.Local, renamed))
                formats[i] = Dropped;
            else if (FormatReferences.Renamed(format.Local, renamed) is var local && !ReferenceEquals(local, format.Local))
                formats[i] = format with { Local = local };
        }

        formats.RemoveAll(static format => ReferenceEquals(format, Dropped));
        return formats;
    }
}
