using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

/// <summary>Relayed media: <c>/api/rtp-streams</c> (document 5), each direction of each media line.</summary>
public static class StreamsResource
{
    private const string Reverse = "_reverse";

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/rtp-streams", List).WithSummary("Relayed media; each call twice, the way back with the suffix _reverse");

    /// <summary>All directions that are relayed now.</summary>
    internal static List<RtpStream> Streams(IExchangeView exchange)
    {
        var streams = new List<RtpStream>();
        foreach (var call in exchange.ActiveCalls(TenantId.Default))
        {
            foreach (var line in call.Media?.Streams() ?? [])
            {
                streams.Add(RtpStream.From(call.CallerSipCallId, line.Kind, line.CallerAddress, line.CallerPort, line.CalleeAddress, line.CalleePort, line.FromCaller, line.DroppedFromCaller));
                streams.Add(RtpStream.From(call.CallerSipCallId + Reverse, line.Kind, line.CalleeAddress, line.CalleePort, line.CallerAddress, line.CallerPort, line.FromCallee, line.DroppedFromCallee));
            }
        }

        return streams;
    }

    private static Ok<List<RtpStream>> List(IExchangeView exchange) => ApiAnswer.Bare(Streams(exchange));
}

/// <summary>One direction of one media line. The fields up to <see cref="ToPort"/> are document 5's.</summary>
/// <param name="Kind">The SDP media type.</param>
/// <param name="Bytes">Bytes of the packets, RTP header included.</param>
/// <param name="Lost">Packets lost before they reached us.</param>
/// <param name="Jitter">Interarrival jitter in milliseconds.</param>
/// <param name="Dropped">Packets that came to the port and were dropped: from strangers, with a bad tag, replayed and the rest.</param>
public sealed record RtpStream(
    string CallId, string FromAddress, int FromPort, string ToAddress, int ToPort, string Kind, long Packets, long Bytes, long Lost, double Jitter,
    DateTimeOffset? LastSeen, long Dropped)
{
    internal static RtpStream From(string callId, string kind, string fromAddress, int fromPort, string toAddress, int toPort, DirectionStatistics counted, long dropped) => new(
        callId, fromAddress, fromPort, toAddress, toPort, kind, counted.Packets, counted.Bytes, counted.Lost, Math.Round(counted.JitterMilliseconds, 3), counted.LastSeen, dropped);
}
