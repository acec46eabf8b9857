namespace Tandem.Media.Playback.Reading;

/// <summary>
/// Opens sound: WAV and Ogg/Opus, told apart by their content and never by their name, and sound without a header where the caller says what it is. Whatever
/// the content is, the answer is a reader or a reason.
/// </summary>
public static class SoundFile
{
    private const int SniffBytes = 12;

    /// <summary>Opens a file; see <see cref="TryOpen(Stream, PlaybackOptions, RawEncoding?, out ISoundReader?, out string)"/>.</summary>
    public static bool TryOpen(string path, PlaybackOptions options, out ISoundReader? reader, out string error)
    {
        reader = null;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            if (TryOpen(stream, options, null, out reader, out error))
            {
                stream = null;
                return true;
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            error = $"the file cannot be read: {e.Message}";
            return false;
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>
    /// Opens what <paramref name="stream"/> holds from its first byte on. It must be able to seek. The reader owns the stream when there is one, and gives samples at a
    /// rate that the tick can work with: 8000, 16000 or 48000 hertz, at most <see cref="PlaybackOptions.MaxSampleRate"/>.
    /// </summary>
    /// <param name="raw">What it is when it has no header; null to look at the content.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static bool TryOpen(Stream stream, PlaybackOptions options, RawEncoding? raw, out ISoundReader? reader, out string error)
    {
        reader = null;
        if (stream.Length > options.MaxFileBytes)
        {
            error = $"the file has {stream.Length} bytes; at most {options.MaxFileBytes} are accepted";
            return false;
        }

        if (raw is { } encoding)
            return RawReader.TryOpen(stream, options, encoding, out reader, out error);

        Span<byte> start = stackalloc byte[SniffBytes];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, SniffBytes, throwOnEndOfStream: false)];
        bool isOpen;
        if (WavReader.Looks(start))
        {
            isOpen = WavReader.TryOpen(stream, options, out reader, out error);
        }
        else if (OggPageReader.Looks(start))
        {
            isOpen = OpusReader.TryOpen(stream, options, out reader, out error);
        }
        else
        {
            error = start.IsEmpty ? "the file is empty" : "the file is neither WAV nor Ogg/Opus";
            return false;
        }

        if (isOpen)
            reader = RateReader.Adapt(reader!, options.MaxSampleRate);
        return isOpen;
    }
}
