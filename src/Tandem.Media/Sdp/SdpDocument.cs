namespace Tandem.Media.Sdp;

/// <summary>A session description (RFC 8866) as lines over the bytes it came in. Made by <see cref="SdpParser"/>; immutable afterwards.</summary>
public sealed class SdpDocument
{
    internal SdpDocument(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes as they came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The media lines in order.</summary>
    public IReadOnlyList<SdpMedia> Media => MediaList;

    /// <summary>The session's own <c>c=</c> line.</summary>
    public SdpConnection Connection { get; internal set; }

    /// <summary>The session's own direction; null when it names none.</summary>
    public SdpDirection? Direction { get; internal set; }

    internal List<SdpMedia> MediaList { get; } = [];

    internal List<SdpLine> Lines { get; } = [];

    /// <summary>The bytes of line <paramref name="index"/> without its line end.</summary>
    internal ReadOnlySpan<byte> LineBytes(int index)
    {
        var line = Lines[index];
        return Bytes.Span.Slice(line.Start, line.Length);
    }

    /// <summary>The bytes of line <paramref name="index"/> after <c>x=</c>.</summary>
    internal ReadOnlySpan<byte> Value(int index) => LineBytes(index)[2..];

    /// <summary>The line with its own line end, as it is copied.</summary>
    internal ReadOnlySpan<byte> FullLine(int index)
    {
        var line = Lines[index];
        return Bytes.Span.Slice(line.Start, line.FullLength);
    }
}
