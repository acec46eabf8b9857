using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster.Redis;

/// <summary>One connection: bytes out, values in. One reader and one writer at a time.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly RespReader _reader;
    private readonly int _largest;
    private byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    private RedisLink(Stream stream, ClusterOptions options)
    {
        _stream = stream;
        _reader = new RespReader(options.MaxValueBytes);

        // A page of SCAN or HGETALL holds several texts.
        _largest = Math.Max(options.MaxValueBytes * 4, 4 << 20);
    }

    /// <summary>Connects, signs in and chooses the database.</summary>
    /// <exception cref="RedisException">It cannot be had.</exception>
    public static async Task<RedisLink> OpenAsync(RedisAddress address, ClusterOptions options, TimeProvider time, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(options.ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        Socket? socket = null;
        RedisLink? link = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port, both.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsTls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = address.Host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, both.Token);
                stream = tls;
            }

            link = new RedisLink(stream, options);
            await link.SignInAsync(address, both.Token);
            return link;
        }
        catch (Exception e)
        {
            if (link is not null)
                await link.DisposeAsync();
            socket?.Dispose();
            if (e is RedisException || stop.IsCancellationRequested)
                throw;

            throw new RedisException(e is OperationCanceledException ? $"{address} does not answer" : $"{address} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Sends what is in the buffer.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _stream.WriteAsync(bytes, cancellation);

    /// <summary>The next value.</summary>
    /// <exception cref="RedisException">The connection is over, or what comes is no RESP2.</exception>
    public async ValueTask<RespValue> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            switch (_reader.Read(_buffer.AsSpan(_start, _end - _start), out var value, out var consumed))
            {
                case RespStatus.Complete:
                    _start += consumed;
                    return value;
                case RespStatus.Malformed:
                    throw new RedisException("what answers there is no Redis, or sends more than is accepted");
            }

            MakeRoom();
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
                throw new RedisException("Redis closed the connection");
            _end += read;
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= _largest)
            throw new RedisException("Redis sends more than is accepted");

        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, _largest));
    }

    private async Task SignInAsync(RedisAddress address, CancellationToken cancellation)
    {
        if (address.Password is { } password)
        {
            var sign = address.User.Length > 0 ? RedisCommand.Of("AUTH", address.User, password.Reveal()) : RedisCommand.Of("AUTH", password.Reveal());
            await AskAsync(sign, "the sign-in", cancellation);
        }

        if (address.Database > 0)
            await AskAsync(RedisCommand.Of("SELECT", address.Database.ToString(CultureInfo.InvariantCulture)), "the database", cancellation);
        await AskAsync(RedisCommand.Of("PING"), "a sign of life", cancellation);
    }

    private async Task AskAsync(RedisCommand command, string what, CancellationToken cancellation)
    {
        var bytes = new ArrayBufferWriter<byte>();
        RespWriter.Write(bytes, command);
        await SendAsync(bytes.WrittenMemory, cancellation);
        var answer = await ReadAsync(cancellation);
        if (answer.Kind == RespKind.Error)
            throw new RedisException($"Redis refuses {what}: {answer.Text}");
    }
}
