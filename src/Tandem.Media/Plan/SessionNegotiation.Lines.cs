using System.Collections.Frozen;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>What one line of an offer or answer becomes on the other side.</summary>
public sealed partial class SessionNegotiation
{
    private static OfferLine LineFor(TakenLine taken, LegPolicy to, bool adds) => new()
    {
        Kind = taken.Media.Kind,
        IsOff = !taken.IsUsable,
        Source = taken.Media,
        Formats = taken.Formats,
        Adds = adds,
        Direction = Held(taken.Media.EffectiveDirection, to),
    };

    // Who is held by "inactive" may still be played to.
    private static SdpDirection Held(SdpDirection direction, LegPolicy policy) =>
        direction == SdpDirection.Inactive && policy.PlaysOnHold ? SdpDirection.SendOnly : direction;

    private static AnswerLine? AnswerFor(TakenLine taken, LegLine answered, LegNegotiation offerer)
    {
        var formats = offerer.Rules.Answer(taken.Formats, answered.Formats, offerer.Policy);
        if (!formats.Exists(static format => format.IsMedia))
            return null;

        // RFC 3264 §6.1: what the answerer said, and never more than the offer leaves.
        var offered = taken.Media.EffectiveDirection;
        var direction = answered.Remote.EffectiveDirection;
        if (direction == SdpDirection.Inactive && offerer.Policy.PlaysOnHold)
            direction = SdpDirection.SendOnly;
        if (!offered.HasFlag(SdpDirection.RecvOnly))
            direction &= ~SdpDirection.SendOnly;
        if (!offered.HasFlag(SdpDirection.SendOnly))
            direction &= ~SdpDirection.RecvOnly;

        var source = answered.Remote;
        IReadOnlyDictionary<int, int> renamed = FrozenDictionary<int, int>.Empty;
        if (PassedAttributes.NamesFormats(source))
        {
            var names = new Dictionary<int, int>();
            foreach (var format in formats)
            {
                if (answered.Find(format.Key) is { } other)
                    names[other.Remote.PayloadType] = format.Local.PayloadType;
            }

            renamed = names;
        }

        return new AnswerLine
        {
            Formats = formats,
            Direction = direction,
            PacketMilliseconds = source.PacketMilliseconds,
            MaxPacketMilliseconds = source.MaxPacketMilliseconds,
            ReducedRtcp = source.ReducedRtcp,
            Bandwidths = source.Kind == "audio" ? [] : source.Bandwidths,
            Others = PassedAttributes.Of(source, taken.Media.Transport.HasFeedback(), renamed),
        };
    }

    // Alone we are a party for sound. A side that is coupled already keeps to what the other one speaks.
    private static AnswerLine? OwnAnswer(TakenLine taken, LegLine? coupled, LegNegotiation leg, bool isHeld)
    {
        if (taken.Media.Kind != "audio" || !taken.Media.Transport.IsRtp())
            return null;

        var formats = coupled is null ? leg.Rules.Alone(taken.Formats, leg.Policy) : leg.Rules.Answer(taken.Formats, coupled.Formats, leg.Policy);
        if (!formats.Exists(static format => format.IsMedia))
            return null;

        var offered = taken.Media.EffectiveDirection;
        var direction = (offered.HasFlag(SdpDirection.RecvOnly) ? SdpDirection.SendOnly : 0) | (offered.HasFlag(SdpDirection.SendOnly) && !isHeld ? SdpDirection.RecvOnly : 0);
        var most = taken.Media.MaxPacketMilliseconds;
        return new AnswerLine
        {
            Formats = formats,
            Direction = direction,
            PacketMilliseconds = most > 0 ? Math.Min(most, leg.Policy.PacketMilliseconds) : leg.Policy.PacketMilliseconds,
            ReducedRtcp = true,
        };
    }

    private static OfferLine[] OwnOffer(LegNegotiation leg, LegNegotiation other, bool isNarrow, bool isHeld)
    {
        if (!other.IsInForce && !leg.IsInForce)
            return [new OfferLine { Kind = "audio" }];

        var coupled = other.IsInForce;
        var source = coupled ? other.Lines : leg.Lines;
        var lines = new OfferLine[source.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = source[i];
            lines[i] = line is null || (!coupled && line.Kind != "audio")
                ? new OfferLine { Kind = line?.Kind ?? "audio", IsOff = true }
                : new OfferLine
                {
                    Kind = line.Kind,
                    Source = coupled ? line.Remote : null,
                    Formats = coupled ? [.. line.Formats.Select(static format => format with { Local = format.Remote, IsOurs = false })] : [],
                    Adds = !isNarrow || line.Kind != "audio",
                    Direction = coupled ? Held(line.Remote.EffectiveDirection, leg.Policy) : isHeld ? SdpDirection.SendOnly : SdpDirection.SendRecv,
                };
        }

        return lines;
    }

    // A call is held when every audio line that runs is (video alone when there is no audio).
    private static bool Holds(LegLine?[] lines)
    {
        var hasAudio = Array.Exists(lines, static line => line?.Kind == "audio");
        var any = false;
        foreach (var line in lines)
        {
            if (line is null || (hasAudio && line.Kind != "audio"))
                continue;

            any = true;
            if (line.Remote.EffectiveDirection.HasFlag(SdpDirection.RecvOnly))
                return false;
        }

        return any;
    }

    // "recvonly" and "inactive" may be all that a sendonly or inactive offer leaves: such an answer holds only when we would have sent, or
    // when the answerer held before.
    private static bool AnswererHolds(LegLine?[] lines, bool heldBefore) =>
        Holds(lines) && (heldBefore || Array.Exists(lines, static line => line is not null && line.Local.HasFlag(SdpDirection.SendOnly)));
}
