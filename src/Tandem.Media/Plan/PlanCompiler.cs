using Tandem.Core.Net;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>Makes a plan of an offer and its answer (RFC 3264 §6). Pure.</summary>
public static class PlanCompiler
{
    /// <param name="offer">The offer as <paramref name="offerer"/> sent it.</param>
    /// <param name="answer">The answer as the other side sent it; it has at most as many media lines.</param>
    /// <param name="offerer">Who offered.</param>
    /// <param name="relayed">For each line of the offer, whether we passed it on with a port.</param>
    /// <param name="mux">Whether we do RFC 5761 at all.</param>
    /// <param name="previous">The plan before.</param>
    /// <param name="peers">Where the signalling of A and B comes from; unspecified when unknown.</param>
    public static MediaPlan Compile(
        SdpDocument offer, SdpDocument answer, MediaSide offerer, ReadOnlySpan<bool> relayed, bool mux, MediaPlan previous, ReadOnlySpan<NetAddress> peers)
    {
        var count = offer.MediaList.Count;
        var lines = new LinePlan?[count];
        var offererTransports = new TransportPlan?[count];
        var answererTransports = new TransportPlan?[count];
        for (var i = 0; i < count; i++)
        {
            if (!relayed[i] || i >= answer.MediaList.Count || answer.MediaList[i].Port == 0)
                continue;

            var (offered, answered) = (offer.MediaList[i], answer.MediaList[i]);
            var shared = mux && offered.RtcpMux && answered.RtcpMux;
            lines[i] = Line(offer, answer, i, offerer);
            offererTransports[i] = Transport(offered, offered.IsSecure, shared, peers[(int)offerer]);
            answererTransports[i] = Transport(answered, offered.IsSecure, shared, peers[(int)Other(offerer)]);
        }

        var offererHolds = Holds(offer, lines);
        var answererHolds = AnswererHolds(offer, answer, lines, previous.HoldsOther(Other(offerer)));
        return offerer == MediaSide.A
            ? new MediaPlan(lines, offererTransports, answererTransports, offererHolds, answererHolds)
            : new MediaPlan(lines, answererTransports, offererTransports, answererHolds, offererHolds);
    }

    /// <summary>The other side.</summary>
    public static MediaSide Other(MediaSide side) => side == MediaSide.A ? MediaSide.B : MediaSide.A;

    private static LinePlan Line(SdpDocument offer, SdpDocument answer, int index, MediaSide offerer)
    {
        var (offered, answered) = (offer.MediaList[index], answer.MediaList[index]);
        var payloads = new PayloadTable();
        payloads.Add(offer, offered);
        payloads.Add(answer, answered);
        var offererSide = Side(index, offered, answered, payloads);
        var answererSide = Side(index, answered, offered, payloads);
        return offerer == MediaSide.A
            ? new LinePlan(offered.Kind, offererSide, answererSide, true)
            : new LinePlan(offered.Kind, answererSide, offererSide, true);
    }

    private static LineSide Side(int index, SdpMedia own, SdpMedia other, PayloadTable payloads)
    {
        var mine = own.EffectiveDirection;
        var theirs = other.EffectiveDirection;
        return new LineSide(
            index,
            mine.HasFlag(SdpDirection.SendOnly) && theirs.HasFlag(SdpDirection.RecvOnly),
            mine.HasFlag(SdpDirection.RecvOnly) && theirs.HasFlag(SdpDirection.SendOnly),
            !own.Connection.IsHold,
            payloads);
    }

    private static TransportPlan Transport(SdpMedia own, bool isSecure, bool mux, NetAddress peer) => new(
        Reachable(own.RtpTarget, peer), Reachable(own.RtcpTarget(mux), peer), peer, mux, isSecure ? PassedSecurity.Instance : null);

    // A phone elsewhere that names the loopback would have us send to services of this machine.
    private static NetAddress Reachable(NetAddress target, NetAddress peer) =>
        target.IsLoopback && !peer.IsUnspecified && !peer.IsLoopback ? default : target;

    // A call is held when every audio line that runs is (video alone when there is no audio).
    private static bool Holds(SdpDocument own, LinePlan?[] lines)
    {
        var hasAudio = HasAudio(lines);
        var any = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] is not { } line || (hasAudio && line.Kind != "audio"))
                continue;

            any = true;
            if (own.MediaList[i].EffectiveDirection.HasFlag(SdpDirection.RecvOnly))
                return false;
        }

        return any;
    }

    // "recvonly" and "inactive" may be all that a sendonly or inactive offer leaves: such an answer holds only when the offerer
    // would have sent, or when the answerer held before.
    private static bool AnswererHolds(SdpDocument offer, SdpDocument answer, LinePlan?[] lines, bool heldBefore)
    {
        if (!Holds(answer, lines))
            return false;

        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] is not null && offer.MediaList[i].EffectiveDirection.HasFlag(SdpDirection.SendOnly))
                return true;
        }

        return heldBefore;
    }

    private static bool HasAudio(LinePlan?[] lines)
    {
        foreach (var line in lines)
        {
            if (line?.Kind == "audio")
                return true;
        }

        return false;
    }
}
