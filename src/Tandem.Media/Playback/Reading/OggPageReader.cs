using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>
/// Finds the pages of an Ogg file (RFC 3533). What is no page, or one whose checksum is wrong, is passed over: reading goes on at the next place where
/// a page begins. Each byte is looked at a bounded number of times, and memory is one page.
/// </summary>
internal sealed class OggPageReader
{
    /// <summary>The header without its table of segments.</summary>
    public const int HeaderBytes = 27;

    /// <summary>The longest page: 255 segments of 255 bytes.</summary>
    public const int MaxPageBytes = HeaderBytes + 255 + (255 * 255);

    /// <summary>Pages with a wrong checksum after which the file counts as at its end: checking one costs up to 64 kB of work for few bytes of file.</summary>
    private const int MaxBadPages = 256;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[2 * MaxPageBytes];
    private int _start;
    private int _end;
    private int _bad;
    private bool _isAtEnd;

    public OggPageReader(Stream stream)
    {
        _stream = stream;
        Rewind();
    }

    /// <summary>Bytes that were passed over because they belong to no valid page.</summary>
    public long Skipped { get; private set; }

    public static bool Looks(ReadOnlySpan<byte> start) => start.Length >= 4 && start[..4].SequenceEqual("OggS"u8);

    /// <summary>Starts at the first byte again.</summary>
    public void Rewind()
    {
        _stream.Position = 0;
        _start = _end = 0;
        _isAtEnd = false;
        _bad = 0;
        Skipped = 0;
    }

    /// <summary>The next valid page; false at the end of the file.</summary>
    public bool TryRead(out OggPage page)
    {
        while (_bad < MaxBadPages && Need(HeaderBytes))
        {
            var at = _buffer.AsSpan(_start, _end - _start);
            var found = at.IndexOf("OggS"u8);
            if (found != 0)
            {
                // The last three bytes may be the beginning of one.
                Drop(found > 0 ? found : at.Length - 3);
                continue;
            }

            if (TryMeasure(out var length) && Need(length))
            {
                var bytes = _buffer.AsSpan(_start, length);
                if (IsSound(bytes))
                {
                    page = new OggPage(bytes);
                    _start += length;
                    return true;
                }

                _bad++;
            }

            Drop(4);
        }

        Skipped += _end - _start;
        _start = _end;
        page = default;
        return false;
    }

    // The whole length of the page that begins here, once its header and table are there.
    private bool TryMeasure(out int length)
    {
        length = 0;
        if (_buffer[_start + 4] != 0)
            return false;

        // Reading on may move what is in the buffer.
        int segments = _buffer[_start + 26];
        if (!Need(HeaderBytes + segments))
            return false;

        length = HeaderBytes + segments;
        foreach (var lacing in _buffer.AsSpan(_start + HeaderBytes, segments))
            length += lacing;
        return true;
    }

    private static bool IsSound(Span<byte> page)
    {
        var said = BinaryPrimitives.ReadUInt32LittleEndian(page[22..]);
        var crc = OggCrc.Add(0, page[..22]);
        crc = OggCrc.Add(crc, [0, 0, 0, 0]);
        return OggCrc.Add(crc, page[26..]) == said;
    }

    private void Drop(int bytes)
    {
        _start += bytes;
        Skipped += bytes;
    }

    // Sees to it that so many bytes from the start on are in the buffer; false when the file ends before.
    private bool Need(int bytes)
    {
        while (_end - _start < bytes)
        {
            if (_isAtEnd)
                return false;

            if (_start > 0 && _buffer.Length - _start < MaxPageBytes)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
                _isAtEnd = true;
            _end += read;
        }

        return true;
    }
}
