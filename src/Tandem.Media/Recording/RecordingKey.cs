namespace Tandem.Media.Recording;

/// <summary>The key of a tenant's recordings, from which each file's own key is made. It never prints.</summary>
/// <param name="id">16 bytes that name it; they stand in the file.</param>
/// <param name="secret">32 bytes.</param>
public sealed class RecordingKey(Guid id, byte[] secret)
{
    /// <summary>Bytes of the secret.</summary>
    public const int Size = 32;

    public Guid Id => id;

    internal ReadOnlySpan<byte> Secret => secret;

    public override string ToString() => $"{id} ***";
}
