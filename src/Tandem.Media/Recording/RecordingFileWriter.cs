using System.Security.Cryptography;

namespace Tandem.Media.Recording;

/// <summary>Writes the chunks of one file, and hashes what it wrote. One thread; after it was made nothing is allocated.</summary>
internal sealed class RecordingFileWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly RecordingHeader _header;
    private readonly AesGcm _cipher;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _sealed = new byte[4096];
    private long _index;

    /// <param name="path">Where; its folder is made.</param>
    /// <param name="header">Its first bytes.</param>
    /// <param name="key">Of its tenant.</param>
    /// <param name="open">Opens the file; null for the system.</param>
    /// <exception cref="IOException">The file is there, or cannot be made.</exception>
    public RecordingFileWriter(string path, RecordingHeader header, RecordingKey key, Func<string, FileStreamOptions, FileStream>? open = null)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _header = header;
        _cipher = header.Cipher(key);
        try
        {
            _file = open is null ? new FileStream(path, options) : open(path, options);
        }
        catch
        {
            _cipher.Dispose();
            throw;
        }

        try
        {
            Write(header.Bytes);
        }
        catch
        {
            // There is nothing in it that anybody could play.
            Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Bytes of the file.</summary>
    public long Bytes { get; private set; }

    /// <summary>Seals one chunk and gives it to the system.</summary>
    /// <param name="peaks">Peaks of its time.</param>
    /// <param name="audio">Its sound.</param>
    /// <param name="samples">Samples of each channel.</param>
    /// <param name="isFinal">Nothing follows.</param>
    public void Append(ReadOnlySpan<byte> peaks, ReadOnlySpan<byte> audio, int samples, bool isFinal)
    {
        var chunk = new RecordingChunk(peaks.Length + audio.Length, isFinal, samples, peaks.Length);
        if (_sealed.Length < chunk.FileBytes + chunk.PlainBytes)
            _sealed = new byte[chunk.FileBytes + chunk.PlainBytes];

        var bytes = _sealed.AsSpan(0, chunk.FileBytes);
        var plain = _sealed.AsSpan(chunk.FileBytes, chunk.PlainBytes);
        peaks.CopyTo(plain);
        audio.CopyTo(plain[peaks.Length..]);
        chunk.WriteHead(bytes);
        Span<byte> nonce = stackalloc byte[RecordingChunk.NonceBytes];
        Span<byte> context = stackalloc byte[RecordingChunk.ContextBytes];
        RecordingChunk.Nonce(_index, nonce);
        RecordingChunk.Context(_header, _index, bytes, context);
        _cipher.Encrypt(nonce, plain, bytes.Slice(RecordingChunk.HeadSize, plain.Length), bytes[^RecordingChunk.TagSize..], context);
        _index++;
        Write(bytes);
    }

    /// <summary>Waits until the disk has what was written.</summary>
    /// <exception cref="IOException">It does not say so; the file has it nevertheless.</exception>
    public void Sync() => _file.Flush(flushToDisk: true);

    /// <summary>Takes away what a full disk kept of a chunk: the file is what was written whole, as <see cref="Bytes"/> and <see cref="Checksum"/> say.</summary>
    public void Cut()
    {
        try
        {
            _file.SetLength(Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            // A disk that is gone, or may be written no more (EACCES, EPERM, EBADF), keeps what it has; who reads the file stops at the last whole chunk.
        }
    }

    /// <summary>SHA-256 of all that was written, in lower-case hexadecimal.</summary>
    public string Checksum() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
        _hash.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _hash.AppendData(bytes);
        Bytes += bytes.Length;
    }
}
