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
        if (!TryOpenAsItIs(path, options, out reader, out error))
            return false;

        reader = RateReader.Adapt(reader!, options.MaxSampleRate);
        return true;
    }

    /// <summary>As <see cref="TryOpen(string, PlaybackOptions, out ISoundReader?, out string)"/>, at the rate of the file, whatever that is.</summary>
    internal static bool TryOpenAsItIs(string path, PlaybackOptions options, out ISoundReader? reader, out string error)
    {
        reader = null;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            if (TryRead(stream, options, out reader, out error))
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
        if (raw is { } encoding)
            return !IsTooLong(stream, options, out error) && RawReader.TryOpen(stream, options, encoding, out reader, out error);
        if (!TryRead(stream, options, out reader, out error))
            return false;

        reader = RateReader.Adapt(reader!, options.MaxSampleRate);
        return true;
    }

    private static bool IsTooLong(Stream stream, PlaybackOptions options, out string error)
    {
        var isTooLong = stream.Length > options.MaxFileBytes;
        error = isTooLong ? $"the file has {stream.Length} bytes; at most {options.MaxFileBytes} are accepted" : "";
        return isTooLong;
    }

    private static bool TryRead(Stream stream, PlaybackOptions options, out ISoundReader? reader, out string error)
    {
        reader = null;
        if (IsTooLong(stream, options, out error))
            return false;

        Span<byte> start = stackalloc byte[SniffBytes];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, SniffBytes, throwOnEndOfStream: false)];
        if (WavReader.Looks(start))
            return WavReader.TryOpen(stream, options, out reader, out error);
        if (OggPageReader.Looks(start))
            return OpusReader.TryOpen(stream, options, out reader, out error);

        error = start.IsEmpty ? "the file is empty" : "the file is neither WAV nor Ogg/Opus";
        return false;
    }
}
