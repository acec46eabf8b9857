using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Storage.Streams;

namespace Tandem.Server.Streams;

/// <summary>An event as clients get it: made once, sent to all.</summary>
public sealed class StreamEvent
{
    private static readonly string[] NumberMembers = ["caller", "callee", "number", "from", "to", "extension", "agent", "agents", "mailbox", "supervisor"];

    private readonly string[] _numbers;

    private StreamEvent(StoredEvent stored, string[] numbers)
    {
        Sequence = stored.Sequence;
        Type = stored.Type;
        CallId = stored.CallId;
        _numbers = numbers;
        Frame = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"sequence\":{stored.Sequence},{stored.Body.AsSpan(1)}"));
    }

    /// <summary>Its number in the stream of its tenant.</summary>
    public long Sequence { get; }

    public string Type { get; }

    /// <summary>The call that it belongs to; empty for none.</summary>
    public string CallId { get; }

    /// <summary>The text message: the event with its <c>sequence</c> in front.</summary>
    public ReadOnlyMemory<byte> Frame { get; }

    /// <summary>True when the event is about that number.</summary>
    public bool Concerns(string number) => _numbers.Contains(number);

    /// <summary>Makes one of a stored event.</summary>
    public static StreamEvent From(StoredEvent stored)
    {
        using var body = JsonDocument.Parse(stored.Body);
        if (!body.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
            return new StreamEvent(stored, []);

        var numbers = new List<string>();
        foreach (var member in NumberMembers)
        {
            if (!data.TryGetProperty(member, out var value))
                continue;
            if (value.ValueKind == JsonValueKind.String)
                numbers.Add(value.GetString()!);
            else if (value.ValueKind == JsonValueKind.Array)
                numbers.AddRange(value.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!));
        }

        return new StreamEvent(stored, [.. numbers]);
    }
}
