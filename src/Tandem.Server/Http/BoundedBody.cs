using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Server.Http;

/// <summary>
/// The body of a request as handlers read it: past the limit, by its announced length or by count, reading throws a
/// <see cref="BadHttpRequestException"/> of status 413. What is behind it stays readable, so that the rest can be drained.
/// </summary>
internal sealed class BoundedBody(Stream body, long? length, long? limit) : Stream, IHttpMaxRequestBodySizeFeature
{
    private long _read;
    private bool _hasStarted;

    /// <summary>True when the last byte was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Bytes that are known to be still to come; null when the request did not tell its length.</summary>
    public long? Left => length - _read;

    public bool IsReadOnly => _hasStarted;

    public long? MaxRequestBodySize
    {
        get => limit;
        set
        {
            if (_hasStarted)
                throw new InvalidOperationException("the body is being read");
            limit = value;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hasStarted = true;
        if (length > limit)
            throw TooLarge();

        var count = await ReadRestAsync(buffer, cancellationToken).ConfigureAwait(false);
        return _read > limit ? throw TooLarge() : count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads whatever the limit is; 0 at the end.</summary>
    public async ValueTask<int> ReadRestAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var count = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        _read += count;
        HasEnded |= (count == 0 && buffer.Length > 0) || _read == length;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("bodies are read asynchronously");

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static BadHttpRequestException TooLarge() => new("Request body too large.", StatusCodes.Status413PayloadTooLarge);
}
