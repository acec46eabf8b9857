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
    public static RelayPlan Compile(
        SdpDocument offer, SdpDocument answer, MediaSide offerer, ReadOnlySpan<bool> relayed, bool mux, RelayPlan previous, ReadOnlySpan<NetAddress> peers)
    {
        var streams = new StreamPlan?[offer.MediaList.Count];
        for (var i = 0; i < streams.Length; i++)
        {
            if (relayed[i] && i < answer.MediaList.Count && answer.MediaList[i].Port != 0)
                streams[i] = Stream(offer, answer, offer.MediaList[i], answer.MediaList[i], offerer, mux, peers);
        }

        var offererHolds = Holds(offer, streams);
        var answererHolds = AnswererHolds(offer, answer, streams, previous.HoldsOther(Other(offerer)));
        return offerer == MediaSide.A ? new RelayPlan(streams, offererHolds, answererHolds) : new RelayPlan(streams, answererHolds, offererHolds);
    }

    /// <summary>The other side.</summary>
    public static MediaSide Other(MediaSide side) => side == MediaSide.A ? MediaSide.B : MediaSide.A;

    private static StreamPlan Stream(
        SdpDocument offer, SdpDocument answer, SdpMedia offered, SdpMedia answered, MediaSide offerer, bool mux, ReadOnlySpan<NetAddress> peers)
    {
        var shared = mux && offered.RtcpMux && answered.RtcpMux;
        var offererSide = Side(offered, answered, shared, peers[(int)offerer]);
        var answererSide = Side(answered, offered, shared, peers[(int)Other(offerer)]);
        var payloads = new PayloadTable();
        payloads.Add(offer, offered);
        payloads.Add(answer, answered);
        return new StreamPlan(
            offered.Kind,
            offerer == MediaSide.A ? offererSide : answererSide,
            offerer == MediaSide.A ? answererSide : offererSide,
            payloads,
            offered.IsSecure,
            shared);
    }

    private static SidePlan Side(SdpMedia own, SdpMedia other, bool mux, NetAddress peer)
    {
        var mine = own.EffectiveDirection;
        var theirs = other.EffectiveDirection;
        return new SidePlan(
            Reachable(own.RtpTarget, peer),
            Reachable(own.RtcpTarget(mux), peer),
            mine.HasFlag(SdpDirection.SendOnly) && theirs.HasFlag(SdpDirection.RecvOnly),
            !own.Connection.IsHold,
            peer);
    }

    // A phone elsewhere that names the loopback would have us send to services of this machine.
    private static NetAddress Reachable(NetAddress target, NetAddress peer) =>
        target.IsLoopback && !peer.IsUnspecified && !peer.IsLoopback ? default : target;

    // A call is held when every audio line that runs is (video alone when there is no audio).
    private static bool Holds(SdpDocument own, StreamPlan?[] streams)
    {
        var hasAudio = HasAudio(streams);
        var any = false;
        for (var i = 0; i < streams.Length; i++)
        {
            if (streams[i] is not { } stream || (hasAudio && stream.Kind != "audio"))
                continue;

            any = true;
            if (own.MediaList[i].EffectiveDirection.HasFlag(SdpDirection.RecvOnly))
                return false;
        }

        return any;
    }

    // "recvonly" and "inactive" may be all that a sendonly or inactive offer leaves: such an answer holds only when the offerer
    // would have sent, or when the answerer held before.
    private static bool AnswererHolds(SdpDocument offer, SdpDocument answer, StreamPlan?[] streams, bool heldBefore)
    {
        if (!Holds(answer, streams))
            return false;

        for (var i = 0; i < streams.Length; i++)
        {
            if (streams[i] is not null && offer.MediaList[i].EffectiveDirection.HasFlag(SdpDirection.SendOnly))
                return true;
        }

        return heldBefore;
    }

    private static bool HasAudio(StreamPlan?[] streams)
    {
        foreach (var stream in streams)
        {
            if (stream?.Kind == "audio")
                return true;
        }

        return false;
    }
}
