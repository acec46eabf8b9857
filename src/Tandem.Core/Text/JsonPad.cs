using System.Buffers;
using System.Text.Json;

namespace Tandem.Core.Text;

/// <summary>Where one JSON text after the other is written in the same memory, so that writing makes no garbage. Each is read before the next one begins; of one thread at a time.</summary>
public sealed class JsonPad
{
    // Beyond this the memory is given back: one long text shall not stay for ever.
    private const int MostKept = 64 * 1024;

    private readonly Utf8JsonWriter _json;
    private ArrayBufferWriter<byte> _bytes = new(512);

    public JsonPad() => _json = new Utf8JsonWriter(_bytes);

    /// <summary>The writer, at the beginning of a text. One that was begun before and not ended, for a fault, is forgotten.</summary>
    public Utf8JsonWriter Begin()
    {
        if (_bytes.Capacity > MostKept)
            _bytes = new ArrayBufferWriter<byte>(512);
        _bytes.ResetWrittenCount();
        _json.Reset(_bytes);
        return _json;
    }

    /// <summary>The bytes of the text, until the next one begins.</summary>
    public ReadOnlySpan<byte> End()
    {
        _json.Flush();
        return _bytes.WrittenSpan;
    }
}
