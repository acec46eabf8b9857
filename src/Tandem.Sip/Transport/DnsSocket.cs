using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tandem.Core.Net;
using Tandem.Sip.Resolution;

namespace Tandem.Sip.Transport;

/// <summary>
/// Asks name servers over UDP, and over TCP when the answer does not fit (RFC 1035 §4.2, RFC 7766). Each question has a socket
/// and so a source port of its own and a random number, and only a datagram from the server that was asked, with that number and
/// exactly that question, is believed (RFC 5452 §9). Thread-safe.
/// </summary>
public sealed class DnsSocket : IDnsChannel, IDisposable
{
    private const int MaxMessage = 65_535;
    private const int MaxDatagramBytes = 4_096;

    private readonly DnsOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private volatile NetAddress[] _servers;
    private int _inFlight;
    private int _first;

    /// <param name="options">Limits.</param>
    /// <param name="servers">The name servers, in the order of asking.</param>
    /// <param name="time">For the timeouts.</param>
    public DnsSocket(DnsOptions options, IReadOnlyList<NetAddress> servers, TimeProvider time)
    {
        _options = options;
        _time = time;
        _servers = [.. servers.Take(ResolvConf.MaxServers)];
    }

    /// <summary>What was counted.</summary>
    public DnsCounters Counters { get; } = new();

    /// <summary>Questions under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The name servers. Any thread may replace them; questions under way go on with the old ones.</summary>
    public IReadOnlyList<NetAddress> Servers
    {
        get => _servers;
        set
        {
            _servers = [.. value.Take(ResolvConf.MaxServers)];
            Volatile.Write(ref _first, 0);
        }
    }

    /// <inheritdoc/>
    public void Ask(DnsQuestion question, Action<byte[]?> answered)
    {
        if (_servers.Length == 0 || Interlocked.Increment(ref _inFlight) > _options.MaxInFlight)
        {
            if (_servers.Length > 0)
                Interlocked.Decrement(ref _inFlight);
            Interlocked.Increment(ref Counters.Refused);
            answered(null);
            return;
        }

        // Off the loop of the shard: it is not for opening sockets.
        _ = Task.Run(() => RunAsync(question, answered));
    }

    /// <summary>Ends all questions; they are answered with nothing.</summary>
    public void Dispose() => _stopped.Cancel();

    private async Task RunAsync(DnsQuestion question, Action<byte[]?> answered)
    {
        byte[]? answer = null;
        try
        {
            answer = await AskAllAsync(question).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException or ArgumentException)
        {
            // No descriptor was left, or the end has come: a question without an answer, as the caller is told.
            Interlocked.Increment(ref Counters.Silent);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            answered(answer);
        }
    }

    private async Task<byte[]?> AskAllAsync(DnsQuestion question)
    {
        var servers = _servers;
        var first = Volatile.Read(ref _first);
        for (var attempt = 0; attempt < servers.Length * _options.Rounds && !_stopped.IsCancellationRequested; attempt++)
        {
            var index = (first + attempt) % servers.Length;
            var outcome = await AskOneAsync(servers[index], question).ConfigureAwait(false);
            if (outcome is null)
                continue;

            // Whoever answers is asked first from now on: a dead server costs its timeout once and not each time.
            Volatile.Write(ref _first, index);
            return outcome;
        }

        return null;
    }

    /// <summary>The response of one server; null when it gave none that helps.</summary>
    private async Task<byte[]?> AskOneAsync(NetAddress server, DnsQuestion question)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(0x10000);
        var query = new byte[DnsQuery.MaxBytes];
        var length = DnsQuery.Write(id, question, query);
        Interlocked.Increment(ref Counters.Sent);
        var (bytes, message) = await Bounded(_options.AttemptTimeout, stop => OverUdpAsync(server, id, question, query.AsMemory(0, length), stop)).ConfigureAwait(false);
        if (message is { IsTruncated: true })
        {
            Interlocked.Increment(ref Counters.OverTcp);
            (bytes, message) = await Bounded(_options.TcpTimeout, stop => OverTcpAsync(server, id, question, query.AsMemory(0, length), stop)).ConfigureAwait(false);
        }

        if (message is null)
        {
            Interlocked.Increment(ref Counters.Silent);
            return null;
        }

        // Another server may do better; if none does, the question has failed (RFC 2308 §7.1).
        if (message.ResponseCode is not (0 or 3))
        {
            Interlocked.Increment(ref Counters.Unusable);
            return null;
        }

        Interlocked.Increment(ref Counters.Answers);
        return bytes;
    }

    private async Task<(byte[]? Bytes, DnsMessage? Message)> Bounded(TimeSpan timeout, Func<CancellationToken, Task<(byte[]?, DnsMessage?)>> ask)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopped.Token);
        try
        {
            return await ask(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return default;
        }
        catch (SocketException)
        {
            // Nobody listens there, or the network is down.
            return default;
        }
    }

    private async Task<(byte[]? Bytes, DnsMessage? Message)> OverUdpAsync(
        NetAddress server, ushort id, DnsQuestion question, ReadOnlyMemory<byte> query, CancellationToken stop)
    {
        // A connected socket takes datagrams of that address and port only; the system chooses a random port of ours.
        using var socket = new Socket(server.ToIPEndPoint().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.ToIPEndPoint(), stop).ConfigureAwait(false);
        await socket.SendAsync(query, stop).ConfigureAwait(false);
        var buffer = new byte[MaxDatagramBytes];
        for (var i = 0; i < _options.MaxStrayDatagrams; i++)
        {
            var length = await socket.ReceiveAsync(buffer.AsMemory(), stop).ConfigureAwait(false);
            if (Believe(buffer.AsSpan(0, length), id, question) is { } message)
                return (buffer[..length], message);

            Interlocked.Increment(ref Counters.Stray);
        }

        return default;
    }

    private static async Task<(byte[]? Bytes, DnsMessage? Message)> OverTcpAsync(
        NetAddress server, ushort id, DnsQuestion question, ReadOnlyMemory<byte> query, CancellationToken stop)
    {
        using var socket = new Socket(server.ToIPEndPoint().AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.ToIPEndPoint(), stop).ConfigureAwait(false);
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.Span.CopyTo(framed.AsSpan(2));
        for (var sent = 0; sent < framed.Length;)
            sent += await socket.SendAsync(framed.AsMemory(sent), stop).ConfigureAwait(false);

        var head = new byte[2];
        if (!await ReadAsync(socket, head, stop).ConfigureAwait(false))
            return default;

        var bytes = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        if (!await ReadAsync(socket, bytes, stop).ConfigureAwait(false))
            return default;

        return Believe(bytes, id, question) is { IsTruncated: false } message ? (bytes, message) : default;
    }

    private static async Task<bool> ReadAsync(Socket socket, byte[] bytes, CancellationToken stop)
    {
        for (var got = 0; got < bytes.Length;)
        {
            var length = await socket.ReceiveAsync(bytes.AsMemory(got), stop).ConfigureAwait(false);
            if (length == 0)
                return false;

            got += length;
        }

        return true;
    }

    private static DnsMessage? Believe(ReadOnlySpan<byte> bytes, ushort id, in DnsQuestion question) =>
        bytes.Length <= MaxMessage && DnsMessage.TryParse(bytes, out var message) && message!.Answered(id, question) ? message : null;
}
