using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Media.Ice;

/// <summary>MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6).</summary>
internal static class StunIntegrity
{
    /// <summary>
    /// The code over <paramref name="data"/>: the message up to the attribute, its length taken as if the attribute were the last one.
    /// <paramref name="mac"/> has 32 bytes, of which SHA-1 writes 20. Nothing is allocated.
    /// </summary>
    public static void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key, bool sha256, Span<byte> mac)
    {
        Span<byte> copy = stackalloc byte[StunMessage.MaxBytes];
        data.CopyTo(copy);
        copy = copy[..data.Length];
        var attributeBytes = 4 + (sha256 ? HMACSHA256.HashSizeInBytes : HMACSHA1.HashSizeInBytes);
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)(data.Length + attributeBytes - StunMessage.HeaderBytes));
        if (sha256)
            HMACSHA256.HashData(key, copy, mac);
        else
            HMACSHA1.HashData(key, copy, mac);
    }
}
