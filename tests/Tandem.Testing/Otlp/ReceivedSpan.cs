namespace Tandem.Testing.Otlp;

/// <summary>A span as a collector reads it (opentelemetry-proto, trace/v1).</summary>
/// <param name="TraceId">32 hexadecimal digits, lower case.</param>
/// <param name="SpanId">16 of them.</param>
/// <param name="Parent">The span that it is part of; empty for the first one.</param>
/// <param name="Kind">1 internal, 2 server, 3 client.</param>
/// <param name="Attributes">Texts, <see cref="long"/> and <see cref="double"/> by name.</param>
public sealed record ReceivedSpan(
    string TraceId, string SpanId, string Parent, string Name, int Kind, DateTimeOffset Start, DateTimeOffset End, bool IsError, IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The spans of an <c>ExportTraceServiceRequest</c>, and the attributes of the resource that they are of.</summary>
    public static (IReadOnlyDictionary<string, object> Resource, IReadOnlyList<ReceivedSpan> Spans) Read(byte[] request)
    {
        var resource = new ProtoFields(request).Message(1);
        return (Pairs(resource.Message(1), 1), [.. resource.Messages(2).SelectMany(scope => scope.Messages(2)).Select(Of)]);
    }

    /// <summary>The key-value pairs of a message.</summary>
    internal static Dictionary<string, object> Pairs(ProtoFields message, int field) => message.Messages(field).ToDictionary(pair => pair.Text(1), Value);

    private static ReceivedSpan Of(ProtoFields span) => new(
        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6), Time(span.Number(7)), Time(span.Number(8)), span.Message(15).Number(3) == 2, Pairs(span, 9));

    private static object Value(ProtoFields pair)
    {
        var value = pair.Message(2);
        if (value.Has(3))
            return (long)value.Number(3);
        return value.Has(4) ? value.Double(4) : value.Text(1);
    }

    private static DateTimeOffset Time(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));
}
