using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;

namespace Tandem.Server.Rest;

/// <summary>Relayed media: <c>/api/rtp-streams</c> (document 5), each direction of each media line.</summary>
public static class StreamsResource
{
    private const string Reverse = "_reverse";

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/rtp-streams", List).Needs(Permission.CallsRead).WithSummary("Relayed media; each call twice, the way back with the suffix _reverse");

    /// <summary>All directions that are relayed now.</summary>
    internal static List<RtpStream> Streams(IExchangeView exchange, TenantId tenant)
    {
        var streams = new List<RtpStream>();
        foreach (var call in exchange.ActiveCalls(tenant))
        {
            foreach (var line in call.Media?.Streams() ?? [])
            {
                streams.Add(RtpStream.From(call.CallerSipCallId, line.Kind, line.CallerAddress, line.CallerPort, line.CalleeAddress, line.CalleePort, line.FromCaller, line.DroppedFromCaller));
                streams.Add(RtpStream.From(call.CallerSipCallId + Reverse, line.Kind, line.CalleeAddress, line.CalleePort, line.CallerAddress, line.CallerPort, line.FromCallee, line.DroppedFromCallee));
            }
        }

        return streams;
    }

    /// <summary>How many directions are relayed now, without a list of them.</summary>
    internal static int Count(IReadOnlyList<CallSnapshot> calls)
    {
        var count = 0;
        foreach (var call in calls)
            count += 2 * (call.Media?.StreamCount ?? 0);
        return count;
    }

    private static Ok<List<RtpStream>> List(Identity who, IExchangeView exchange) => ApiAnswer.Bare(Streams(exchange, who.Tenant));
}

/// <summary>One direction of one media line. The fields up to <see cref="ToPort"/> are document 5's.</summary>
/// <param name="Kind">The SDP media type.</param>
/// <param name="Bytes">Bytes of the packets, RTP header included.</param>
/// <param name="Lost">Packets lost before they reached us.</param>
/// <param name="Jitter">Interarrival jitter in milliseconds.</param>
/// <param name="Dropped">Packets that came to the port and were dropped: from strangers, with a bad tag, replayed and the rest.</param>
/// <param name="Codec">The encoding name of the sound; empty when unknown.</param>
/// <param name="LossPercent">Of the packets that were sent to us those that are missing, 0 to 100.</param>
/// <param name="MaxJitter">The greatest that the jitter was, ms.</param>
/// <param name="RoundTrip">From us to the sender and back, ms; null when unknown.</param>
/// <param name="Mos">Of what reached us, 1 to 4.5 (ITU-T G.107); null when unknown.</param>
/// <param name="HeardLossPercent">What the receiver reports to miss; null when it reports nothing.</param>
/// <param name="HeardJitter">The jitter that it reports, ms.</param>
/// <param name="HeardMos">Of what the receiver hears.</param>
public sealed record RtpStream(
    string CallId, string FromAddress, int FromPort, string ToAddress, int ToPort, string Kind, long Packets, long Bytes, long Lost, double Jitter,
    DateTimeOffset? LastSeen, long Dropped, string Codec, double LossPercent, double MaxJitter, double? RoundTrip, double? Mos,
    double? HeardLossPercent, double? HeardJitter, double? HeardMos)
{
    internal static RtpStream From(string callId, string kind, string fromAddress, int fromPort, string toAddress, int toPort, DirectionStatistics counted, long dropped) => new(
        callId, fromAddress, fromPort, toAddress, toPort, kind, counted.Packets, counted.Bytes, counted.Lost, QualityText.Figure(counted.JitterMilliseconds), counted.LastSeen, dropped,
        counted.Codec, QualityText.Figure(counted.LossPercent), QualityText.Figure(counted.MaxJitterMilliseconds), QualityText.Figure(counted.RoundTripMilliseconds),
        QualityText.Score(counted.Mos), QualityText.Figure(counted.HeardLossPercent), QualityText.Figure(counted.HeardJitterMilliseconds), QualityText.Score(counted.HeardMos));
}
