using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Calls.Calls;
using Tandem.Core.Text;

namespace Tandem.Cluster.Cache;

/// <summary>Calls and sessions as document 3 keeps them under <c>call:&lt;id&gt;</c> and <c>session:&lt;id&gt;</c>.</summary>
internal static class CallDocuments
{
    /// <summary>The id under which the API shows a call: its trace id as a UUID.</summary>
    public static string IdOf(CallSnapshot call) => Guid.TryParseExact(call.TraceId, "N", out var id) ? id.ToString() : call.Id.Value;

    public static string CallKey(string id) => $"call:{id}";

    public static string SessionKey(string id) => $"session:{id}";

    /// <summary>A call: id, phoneNumber, direction, status, duration in seconds, createdAt, updatedAt.</summary>
    public static byte[] Call(CallSnapshot call, DateTimeOffset at) => Make(json =>
    {
        var isIncoming = call.Direction == CallDirection.Inbound;
        json.WriteString("id"u8, IdOf(call));
        json.WriteString("phoneNumber"u8, isIncoming ? call.CallerNumber : call.CalleeNumber);
        json.WriteString("direction"u8, isIncoming ? "incoming" : "outgoing");
        json.WriteString("status"u8, call.AnsweredAt is not null ? "answered" : call.RingingAt is not null ? "ringing" : "initiated");
        json.WriteNumber("duration"u8, call.AnsweredAt is { } answered && at > answered ? (long)(at - answered).TotalSeconds : 0);
        Time(json, "createdAt"u8, call.InitiatedAt);
        Time(json, "updatedAt"u8, at);
    });

    /// <summary>A session: callId, sessionId, startTime, lastActivity, isActive.</summary>
    public static byte[] Session(CallSnapshot call, DateTimeOffset at, bool isActive) => Make(json =>
    {
        json.WriteString("callId"u8, IdOf(call));
        json.WriteString("sessionId"u8, IdOf(call));
        Time(json, "startTime"u8, call.InitiatedAt);
        Time(json, "lastActivity"u8, at);
        json.WriteBoolean("isActive"u8, isActive);
    });

    /// <summary>A session that was found, as it is when its call has ended; null when it is none.</summary>
    public static byte[]? Ended(ReadOnlySpan<byte> session, DateTimeOffset at)
    {
        try
        {
            if (JsonNode.Parse(session) is not JsonObject found)
                return null;

            found["lastActivity"] = Text(at);
            found["isActive"] = false;
            return JsonSerializer.SerializeToUtf8Bytes(found);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Make(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time) =>
        json.WriteString(name, Text(time));

    private static string Text(DateTimeOffset time) => IsoTime.Text(time);
}
