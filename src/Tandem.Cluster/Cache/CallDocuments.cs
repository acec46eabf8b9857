using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Calls.Calls;

namespace Tandem.Cluster.Cache;

/// <summary>Calls and sessions as document 3 keeps them under <c>call:&lt;id&gt;</c> and <c>session:&lt;id&gt;</c>.</summary>
internal static class CallDocuments
{
    public static string CallKey(CallId id) => $"call:{id.Value}";

    public static string SessionKey(CallId id) => $"session:{id.Value}";

    /// <summary>A call: id, phoneNumber, direction, status, duration in seconds, createdAt, updatedAt.</summary>
    public static byte[] Call(CallSnapshot call, DateTimeOffset at) => Make(json =>
    {
        var isIncoming = call.Direction == CallDirection.Inbound;
        json.WriteString("id"u8, call.Id.Value);
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
        json.WriteString("callId"u8, call.Id.Value);
        json.WriteString("sessionId"u8, call.Id.Value);
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

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
