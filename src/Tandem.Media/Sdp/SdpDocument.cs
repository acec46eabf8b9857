namespace Tandem.Media.Sdp;

/// <summary>A session description (RFC 8866) as lines over the bytes it came in. Made by <see cref="SdpParser"/>; immutable afterwards.</summary>
public sealed class SdpDocument
{
    internal SdpDocument(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes as they came. Needed while it is parsed; what was read does not depend on them afterwards.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The media lines in order.</summary>
    public IReadOnlyList<SdpMedia> Media => MediaList;

    /// <summary>The session's own <c>c=</c> line.</summary>
    public SdpConnection Connection { get; internal set; }

    /// <summary>The session's own direction; null when it names none.</summary>
    public SdpDirection? Direction { get; internal set; }

    /// <summary>The <c>a=group:BUNDLE</c> groups (RFC 9143 §6): the mids of each in order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Bundles => (IReadOnlyList<IReadOnlyList<string>>?)_bundles ?? [];

    /// <summary><c>a=ice-lite</c> (RFC 8839 §5.3).</summary>
    public bool IsIceLite { get; internal set; }

    /// <summary>What the session says for all lines about ICE and DTLS; a line's own attributes come first.</summary>
    internal SdpMedia SessionLevel => _sessionLevel ??= new SdpMedia(this, 0);

    internal bool HasSessionLevel => _sessionLevel is not null;

    internal List<SdpMedia> MediaList { get; } = [];

    internal List<IReadOnlyList<string>> BundleList => _bundles ??= [];

    internal List<SdpLine> Lines { get; } = [];

    /// <summary>The bytes of line <paramref name="index"/> without its line end.</summary>
    internal ReadOnlySpan<byte> LineBytes(int index)
    {
        var line = Lines[index];
        return Bytes.Span.Slice(line.Start, line.Length);
    }

    /// <summary>The bytes of line <paramref name="index"/> after <c>x=</c>.</summary>
    internal ReadOnlySpan<byte> Value(int index) => LineBytes(index)[2..];

    private SdpMedia? _sessionLevel;
    private List<IReadOnlyList<string>>? _bundles;
}
