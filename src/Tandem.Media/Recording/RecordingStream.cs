using System.Buffers.Binary;

namespace Tandem.Media.Recording;

/// <summary>A recording as a WAV or Ogg file: decrypted while it is read, from any place.</summary>
internal sealed class RecordingStream : Stream
{
    private const int WavHeadBytes = 44;

    private readonly RecordingFile _file;
    private readonly byte[] _head;
    private long _position;

    public RecordingStream(RecordingFile file)
    {
        _file = file;
        _head = file.Format == RecordingFormat.Wav ? WavHead(file) : [];
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _head.Length + _file.AudioBytes;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;

        int read;
        if (_position < _head.Length)
        {
            read = (int)Math.Min(buffer.Length, _head.Length - _position);
            _head.AsSpan((int)_position, read).CopyTo(buffer);
        }
        else
        {
            read = _file.ReadAudio(_position - _head.Length, buffer);
        }

        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    // RIFF: sizes of 32 bits; a recording of more than 4 GiB names the greatest, as players expect of streams.
    private static byte[] WavHead(RecordingFile file)
    {
        var head = new byte[WavHeadBytes];
        var frame = file.Channels * 2;
        "RIFF"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), (uint)Math.Min(uint.MaxValue, file.AudioBytes + WavHeadBytes - 8));
        "WAVEfmt "u8.CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(22), (short)file.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), file.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(28), file.SampleRate * frame);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(32), (short)frame);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(34), 16);
        "data"u8.CopyTo(head.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(40), (uint)Math.Min(uint.MaxValue, file.AudioBytes));
        return head;
    }
}
