namespace Tandem.Media.Sdp;

/// <summary>
/// The <c>o=</c> line that one side of a session sees: its id stays, and its version grows by one when, and only when, something else of
/// the description changed (RFC 3264 §5, §8).
/// </summary>
public sealed class SdpOrigin(long sessionId)
{
    private byte[] _last = [];

    /// <summary>The number that names the session.</summary>
    public long Id => sessionId;

    /// <summary>The version of the last description; 0 before the first.</summary>
    public long Version { get; private set; }

    /// <summary>The version under which <paramref name="body"/>, a description without its origin, goes out.</summary>
    public long Next(ReadOnlySpan<byte> body)
    {
        if (Version == 0 || !body.SequenceEqual(_last))
        {
            Version++;
            _last = body.ToArray();
        }

        return Version;
    }
}
