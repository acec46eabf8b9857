using System.Text.Json;
using Tandem.Core.Text;

namespace Tandem.Calls.Tracing;

/// <summary>
/// Where a thread writes the entries of traces that are its own: one after the other in the same memory, so that an entry makes no garbage. Each is
/// read before the next one begins.
/// </summary>
internal sealed class TraceJson
{
    [ThreadStatic]
    private static TraceJson? _current;

    private readonly JsonPad _pad = new();

    private TraceJson() => Json = _pad.Begin();

    /// <summary>The writer, inside the object of the entry.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Begins an entry of this name. One that was begun before and not ended, for a fault, is forgotten.</summary>
    public static TraceJson Begin(string name)
    {
        var entry = _current ??= new TraceJson();
        entry._pad.Begin();
        entry.Json.WriteStartObject();
        entry.Json.WriteString("name"u8, name);
        return entry;
    }

    /// <summary>Ends the entry: its bytes, until the thread begins another.</summary>
    public ReadOnlySpan<byte> End()
    {
        Json.WriteEndObject();
        return _pad.End();
    }
}
