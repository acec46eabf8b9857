using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Media.Recording;

/// <summary>
/// The head of a recording's file, in the open and authenticated with each chunk.
/// <code>
///  0  "TNDMREC1"
///  8  format (1)   channels (1)   reserved (2)   sample rate (4)
/// 16  started, ms since 1970 (8)
/// 24  id of the tenant's key (16)
/// 40  salt (32)
/// </code>
/// </summary>
internal sealed class RecordingHeader
{
    /// <summary>Bytes of the head.</summary>
    public const int Size = 72;

    private const int SaltAt = 40;
    private const int SaltSize = 32;

    private static ReadOnlySpan<byte> Magic => "TNDMREC1"u8;

    private static ReadOnlySpan<byte> Purpose => "tandem recording"u8;

    private readonly byte[] _bytes;

    private RecordingHeader(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public RecordingFormat Format => (RecordingFormat)_bytes[8];

    /// <summary>1 or 2.</summary>
    public int Channels => _bytes[9];

    public int SampleRate => BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(12));

    public DateTimeOffset StartedAt => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(16)));

    public Guid KeyId => new(_bytes.AsSpan(24, 16), bigEndian: true);

    public static RecordingHeader Create(RecordingFormat format, int channels, int sampleRate, DateTimeOffset startedAt, Guid keyId)
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        bytes[8] = (byte)format;
        bytes[9] = (byte)channels;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), sampleRate);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), startedAt.ToUnixTimeMilliseconds());
        keyId.TryWriteBytes(bytes.AsSpan(24, 16), bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes.AsSpan(SaltAt, SaltSize));
        return new RecordingHeader(bytes);
    }

    /// <summary>Reads a head; null when it is none of ours.</summary>
    public static RecordingHeader? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || !bytes.StartsWith(Magic))
            return null;

        var header = new RecordingHeader(bytes[..Size].ToArray());
        var isKnown = header.Format is RecordingFormat.Wav or RecordingFormat.Ogg && header.Channels is 1 or 2
            && header.SampleRate is >= 8000 and <= 48000 && Math.Abs(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])) < 1L << 46;
        return isKnown ? header : null;
    }

    /// <summary>The cipher of this file: HKDF-SHA-256 (RFC 5869) of the tenant's key with the salt, so that no two files share a key.</summary>
    public AesGcm Cipher(RecordingKey key)
    {
        Span<byte> fileKey = stackalloc byte[RecordingKey.Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, fileKey, _bytes.AsSpan(SaltAt, SaltSize), Purpose);
        var cipher = new AesGcm(fileKey, RecordingChunk.TagSize);
        CryptographicOperations.ZeroMemory(fileKey);
        return cipher;
    }
}
