using System.Security.Cryptography;

namespace Tandem.Media.Recording;

/// <summary>
/// A recording's file, read with its tenant's key. What was cut off, by a kill or by somebody, is seen (<see cref="IsComplete"/>), and what
/// is there can be read. One thread at a time.
/// </summary>
public sealed class RecordingFile : IDisposable
{
    /// <summary>Peaks of each channel for a second of sound.</summary>
    public const int PeaksPerSecond = PeakMeter.PerSecond;

    private readonly FileStream _file;
    private readonly RecordingHeader _header;
    private readonly AesGcm _cipher;
    private readonly List<Place> _places = [];
    private byte[] _plain = [];
    private byte[] _sealed = [];
    private int _open = -1;

    private RecordingFile(FileStream file, RecordingHeader header, RecordingKey key)
    {
        _file = file;
        _header = header;
        _cipher = header.Cipher(key);
    }

    public RecordingFormat Format => _header.Format;

    /// <summary>1 or 2.</summary>
    public int Channels => _header.Channels;

    /// <summary>Hertz.</summary>
    public int SampleRate => _header.SampleRate;

    public DateTimeOffset StartedAt => _header.StartedAt;

    /// <summary>Samples of each channel.</summary>
    public long Samples { get; private set; }

    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples / SampleRate);

    /// <summary>Bytes of sound.</summary>
    public long AudioBytes { get; private set; }

    /// <summary>The last chunk is there: nothing was cut off.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Bytes of the file up to the end of its last whole chunk.</summary>
    public long WholeBytes { get; private set; } = RecordingHeader.Size;

    /// <summary>The id of the key that a file was made with; null when it is no recording or cannot be read.</summary>
    public static Guid? KeyOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> bytes = stackalloc byte[RecordingHeader.Size];
            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? RecordingHeader.TryRead(bytes)?.KeyId : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file, also one that is still being written; null when it is no recording or was made with another key.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RecordingFile? TryOpen(string path, RecordingKey key)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> bytes = stackalloc byte[RecordingHeader.Size];
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length
            || RecordingHeader.TryRead(bytes) is not { } header || header.KeyId != key.Id)
        {
            file.Dispose();
            return null;
        }

        var recording = new RecordingFile(file, header, key);
        recording.Scan();
        return recording;
    }

    /// <summary>The recording as a file for people: WAV or Ogg. Disposing it closes this file too.</summary>
    public Stream OpenAudio() => new RecordingStream(this);

    /// <summary>Peaks, ten a second, 0 to 127: one array for each channel.</summary>
    /// <exception cref="InvalidDataException">The file was changed.</exception>
    public byte[][] ReadPeaks()
    {
        var all = new List<byte>();
        for (var i = 0; i < _places.Count; i++)
        {
            if (_places[i].Chunk.PeakBytes == 0)
                continue;

            Open(i);
            all.AddRange(_plain.AsSpan(0, _places[i].Chunk.PeakBytes));
        }

        var peaks = new byte[Channels][];
        for (var c = 0; c < Channels; c++)
        {
            peaks[c] = new byte[all.Count / Channels];
            for (var i = 0; i < peaks[c].Length; i++)
                peaks[c][i] = all[(i * Channels) + c];
        }

        return peaks;
    }

    /// <summary>Authenticates every chunk. False when one was changed; then <see cref="Samples"/> and the rest stand for what comes before it.</summary>
    public bool Verify()
    {
        for (var i = 0; i < _places.Count; i++)
        {
            try
            {
                Open(i);
            }
            catch (InvalidDataException)
            {
                Forget(i);
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads sound from <paramref name="offset"/> on; fewer bytes than asked for at the end of a chunk, 0 at the end.</summary>
    /// <exception cref="InvalidDataException">The file was changed.</exception>
    internal int ReadAudio(long offset, Span<byte> destination)
    {
        var index = FindChunk(offset);
        if (index < 0)
            return 0;

        Open(index);
        var place = _places[index];
        var from = (int)(offset - place.AudioStart);
        var length = Math.Min(destination.Length, place.Chunk.AudioBytes - from);
        _plain.AsSpan(place.Chunk.PeakBytes + from, length).CopyTo(destination);
        return length;
    }

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_plain);
    }

    private void Scan()
    {
        Span<byte> head = stackalloc byte[RecordingChunk.HeadSize];
        var length = _file.Length;
        while (!IsComplete)
        {
            _file.Position = WholeBytes;
            if (length - WholeBytes < RecordingChunk.HeadSize + RecordingChunk.TagSize
                || _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
                || !RecordingChunk.TryReadHead(head, out var chunk) || length - WholeBytes < chunk.FileBytes)
                return;

            _places.Add(new Place(WholeBytes, AudioBytes, Samples, chunk));
            WholeBytes += chunk.FileBytes;
            AudioBytes += chunk.AudioBytes;
            Samples += chunk.Samples;
            IsComplete = chunk.IsFinal;
        }
    }

    private void Forget(int index)
    {
        var place = _places[index];
        WholeBytes = place.FileStart;
        AudioBytes = place.AudioStart;
        Samples = place.SampleStart;
        IsComplete = false;
        _places.RemoveRange(index, _places.Count - index);
        _open = -1;
    }

    private int FindChunk(long offset)
    {
        if (offset < 0 || offset >= AudioBytes)
            return -1;

        var low = 0;
        var high = _places.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (offset < _places[middle].AudioStart + _places[middle].Chunk.AudioBytes)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void Open(int index)
    {
        if (_open == index)
            return;

        _open = -1;
        var (start, _, _, chunk) = _places[index];
        if (_sealed.Length < chunk.FileBytes)
            _sealed = new byte[chunk.FileBytes];
        if (_plain.Length < chunk.PlainBytes)
            _plain = new byte[chunk.PlainBytes];

        var bytes = _sealed.AsSpan(0, chunk.FileBytes);
        _file.Position = start;
        if (_file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException("the recording became shorter");

        Span<byte> nonce = stackalloc byte[RecordingChunk.NonceBytes];
        Span<byte> context = stackalloc byte[RecordingChunk.ContextBytes];
        RecordingChunk.Nonce(index, nonce);
        RecordingChunk.Context(_header, index, bytes, context);
        try
        {
            _cipher.Decrypt(
                nonce, bytes.Slice(RecordingChunk.HeadSize, chunk.PlainBytes), bytes[^RecordingChunk.TagSize..], _plain.AsSpan(0, chunk.PlainBytes), context);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"chunk {index} of the recording was changed, or its key is another one", e);
        }

        _open = index;
    }

    private readonly record struct Place(long FileStart, long AudioStart, long SampleStart, RecordingChunk Chunk);
}
