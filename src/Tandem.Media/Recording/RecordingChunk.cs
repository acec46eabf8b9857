using System.Buffers.Binary;

namespace Tandem.Media.Recording;

/// <summary>
/// About a second of a recording, sealed by AES-256-GCM. In the file stand a head of 12 bytes, the ciphertext, the tag:
/// <code>
/// 0  final (1 bit), bytes of the plain text (31)
/// 4  samples of each channel (4)
/// 8  bytes of peaks, with which the plain text begins (2)   reserved (2)
/// </code>
/// The nonce is the number of the chunk; head of the file, number and head of the chunk are authenticated with it. So chunks cannot be
/// exchanged, left out or cut off unseen: a file whose last whole chunk is not final was cut, and what is there plays.
/// </summary>
internal readonly record struct RecordingChunk(int PlainBytes, bool IsFinal, int Samples, int PeakBytes)
{
    public const int HeadSize = 12;

    public const int TagSize = 16;

    /// <summary>Plain text of one chunk at most: more than a second of anything that we write.</summary>
    public const int MaxPlainBytes = 1 << 20;

    private const int NonceSize = 12;
    private const uint FinalBit = 0x8000_0000;

    /// <summary>Bytes of sound behind the peaks.</summary>
    public int AudioBytes => PlainBytes - PeakBytes;

    /// <summary>Bytes in the file.</summary>
    public int FileBytes => HeadSize + PlainBytes + TagSize;

    public void WriteHead(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)PlainBytes | (IsFinal ? FinalBit : 0));
        BinaryPrimitives.WriteInt32BigEndian(head[4..], Samples);
        BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)PeakBytes);
        head[10..HeadSize].Clear();
    }

    /// <summary>Reads a head; false when it cannot be one.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> head, out RecordingChunk chunk)
    {
        chunk = default;
        if (head.Length < HeadSize)
            return false;

        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        var plain = (int)(length & ~FinalBit);
        chunk = new RecordingChunk(plain, (length & FinalBit) != 0, BinaryPrimitives.ReadInt32BigEndian(head[4..]), BinaryPrimitives.ReadUInt16BigEndian(head[8..]));
        return plain <= MaxPlainBytes && chunk.Samples is >= 0 and <= MaxPlainBytes && chunk.PeakBytes <= plain && head[10] == 0 && head[11] == 0;
    }

    public static void Nonce(long index, Span<byte> nonce)
    {
        nonce[..NonceSize].Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], index);
    }

    /// <summary>What is authenticated besides the plain text.</summary>
    public static void Context(RecordingHeader header, long index, ReadOnlySpan<byte> head, Span<byte> context)
    {
        header.Bytes.CopyTo(context);
        BinaryPrimitives.WriteInt64BigEndian(context[RecordingHeader.Size..], index);
        head[..HeadSize].CopyTo(context[(RecordingHeader.Size + 8)..]);
    }

    public const int NonceBytes = NonceSize;

    public const int ContextBytes = RecordingHeader.Size + 8 + HeadSize;
}
