using System.Text;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Core.Text;
using Tandem.Server.Http;
using Tandem.Sip.Engine;

namespace Tandem.Server.Rest;

/// <summary>What happened in a call: <c>/api/v1/calls/{id}/trace</c>, for calls in progress and for a while after their end.</summary>
public static class TracesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/calls/{id}/trace", Read).Needs(Permission.TracesRead).Produces<Envelope<TraceView>>().Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("The SIP messages, decisions and media reports of a call; format=json, ladder or pcap");
    }

    private static IResult Read(Identity who, CallTraces traces, AddressSource addresses, string id, string? format)
    {
        if (format is not (null or "json" or "ladder" or "pcap"))
            return ApiAnswer.Fail(400, "BAD_REQUEST", "format must be json, ladder or pcap");
        if (traces.Find(who.Tenant, new CallId(id)) is not { } trace)
            return ApiAnswer.Fail(404, "NOT_FOUND", "There is no trace of a call with this id, or no longer");

        return format switch
        {
            "ladder" => TypedResults.Text(TraceLadder.Draw(trace), "text/plain", Encoding.UTF8),
            "pcap" => TypedResults.File(TracePcap.Write(trace, addresses.Toward), TracePcap.MediaType, $"{trace.Id}.pcap"),
            _ => ApiAnswer.Data(TraceView.From(trace)),
        };
    }
}

/// <summary>A trace. LeftOut counts entries that were not kept, because the call had more bytes than it may have.</summary>
public sealed record TraceView(string CallId, string TraceId, DateTimeOffset BeganAt, DateTimeOffset? EndedAt, int LeftOut, int Bytes, IReadOnlyList<TraceLine> Entries)
{
    internal static TraceView From(CallTrace trace) => new(
        trace.Id.Value, trace.TraceId, trace.BeganAt, trace.EndedAt, trace.LeftOut, trace.Bytes, [.. trace.Entries.Select(TraceLine.From)]);
}

/// <summary>One entry of a trace.</summary>
/// <param name="At">When.</param>
/// <param name="Kind"><c>sip</c>, <c>decision</c>, <c>event</c> or <c>media</c>.</param>
/// <param name="Name">What it is: <c>200 INVITE</c>, <c>dialplan</c>, <c>CallAnswered</c>.</param>
/// <param name="Direction">Of a SIP message: <c>received</c> or <c>sent</c>.</param>
/// <param name="Transport">Of a SIP message: <c>udp</c>, <c>tcp</c>, <c>tls</c>, <c>ws</c>, <c>wss</c> or <c>internal</c>.</param>
/// <param name="Local">Of a SIP message: our address as the socket has it.</param>
/// <param name="Remote">Of a SIP message: the far address.</param>
/// <param name="Shard">Of a SIP message: the loop that saw it.</param>
/// <param name="Message">The SIP message, its secrets hidden.</param>
/// <param name="Details">Of the other kinds: what there is to say.</param>
public sealed record TraceLine(
    DateTimeOffset At, string Kind, string Name, string? Direction, string? Transport, string? Local, string? Remote, int? Shard, string? Message, JsonElement? Details)
{
    internal static TraceLine From(TraceEntry entry)
    {
        if (entry.Kind == TraceKind.Sip)
        {
            return new TraceLine(
                entry.At, "sip", TraceLadder.Name(entry.Data.Span), Word(entry.Direction), Word(entry.Flow.Transport), entry.Flow.Local.ToString(), entry.Flow.Remote.ToString(),
                entry.Shard, entry.Text, null);
        }

        using var json = JsonDocument.Parse(entry.Data);
        var details = json.RootElement.Clone();
        return new TraceLine(entry.At, Word(entry.Kind), details.GetProperty("name").GetString()!, null, null, null, null, null, null, details);
    }

    private static string Word<T>(T value)
        where T : struct, Enum => EnumText.Lower(value);
}

/// <summary>Our own address toward a peer, for what does not name it.</summary>
public sealed record AddressSource(Func<SipFlow, NetAddress> Toward);
