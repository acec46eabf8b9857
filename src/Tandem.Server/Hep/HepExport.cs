using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Tandem.Calls.Calls;
using Tandem.Calls.Tracing;
using Tandem.Calls.Trunks;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Server.Hep;

/// <summary>
/// Sends every SIP message, its secrets hidden, and the reports of media to a HEP server (Homer) by UDP. What belongs to a call has the
/// call's id as correlation. The loops of SIP only copy into a bounded queue; a task of this class does the rest, a moment later, when an INVITE
/// has become a call that has an id.
/// </summary>
public sealed class HepExport : ISipObserver, IMetricSource, IAsyncDisposable
{
    // An INVITE is a call in the same round of its loop; after a challenge it comes again a round trip later. Until then there is no id.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookupInterval = TimeSpan.FromMinutes(1);

    private readonly MetricsOptions _options;
    private readonly CallTraces _traces;
    private readonly Func<SipFlow, NetAddress> _local;
    private readonly Clock _clock;
    private readonly bool _hideDigits;
    private readonly Channel<Waiting> _queue;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TimeProvider _time;
    private readonly Action<string> _notice;
    private readonly Socket _v4 = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Task _sending;
    private IPEndPoint? _server;
    private Moment _lookedUp;
    private long _sent;
    private long _dropped;
    private long _failed;
    private Socket? _v6;

    public HepExport(MetricsOptions options, CallTraces traces, Func<SipFlow, NetAddress> local, Clock clock, TimeProvider time, Action<string> notice)
    {
        _options = options;
        _traces = traces;
        _local = local;
        _clock = clock;
        _time = time;
        _notice = notice;
        _hideDigits = traces.Options.HideDigits;
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.HepQueue) { SingleReader = true });
        traces.MediaReported = Report;
        _sending = RunAsync();
    }

    /// <summary>Packets sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Packets dropped because the queue was full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <inheritdoc/>
    public void Seen(SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> message, int shard, Moment at)
    {
        if (flow.Transport == SipTransportKind.Internal || message.Length > ushort.MaxValue - HepPacket.MaxOverhead)
            return;

        var copy = BufferPool.Shared.Rent(message.Length);
        message.CopyTo(copy.Array);
        copy.Length = message.Length;
        var secret = direction == SipDirection.Received && _traces.Secrets.Count > 0 ? _traces.Secrets.Find(SipGlance.At(message).CallId) : null;
        Queue(new Waiting(copy, flow, direction, at, null) { Secret = secret });
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page) => page.Family("tandem_hep_packets_total", "counter", "HEP packets by what became of them.")
        .Sample(Sent, ("result", "sent")).Sample(Dropped, ("result", "dropped")).Sample(Volatile.Read(ref _failed), ("result", "failed"));

    /// <summary>Sends what waits, as far as it goes at once, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _traces.MediaReported = null;
        _queue.Writer.TryComplete();
        await _stopped.CancelAsync();
        await _sending;
        _v4.Dispose();
        _v6?.Dispose();
        _stopped.Dispose();
    }

    // The shape that Homer's own agents give to reports: one block about one side.
    private void Report(CallSnapshot call, CallSide side, DirectionStatistics numbers, DateTimeOffset at)
    {
        var address = side == CallSide.Caller ? call.CallerAddress : call.CalleeAddress;
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(address.AsSpan(colon + 1), out var port) || !NetAddress.TryParse(address.AsSpan(0, colon), port, out var remote))
            return;

        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("type", 201);
            json.WriteString("call_id", call.Id.Value);
            json.WriteString("codec", numbers.Codec);
            json.WriteString("from", side == CallSide.Caller ? "caller" : "callee");
            json.WriteNumber("report_count", 1);
            json.WriteStartArray("report_blocks");
            json.WriteStartObject();
            json.WriteNumber("fraction_lost", (int)(numbers.LossPercent * 256 / 100));
            json.WriteNumber("packets_lost", numbers.Lost);
            json.WriteNumber("packets", numbers.Packets);
            json.WriteNumber("ia_jitter", Math.Round(numbers.JitterMilliseconds, 2));
            if (numbers.RoundTripMilliseconds is { } roundTrip)
                json.WriteNumber("rtt", Math.Round(roundTrip, 2));
            if (numbers.Mos is { } mos)
                json.WriteNumber("mos", Math.Round(mos, 2));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        var copy = PooledBuffer.Copy(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        Queue(new Waiting(copy, new SipFlow(SipTransportKind.Udp, default, remote), SipDirection.Received, _clock.Now, call.Id.Value) { At = at });
    }

    private void Queue(in Waiting waiting)
    {
        if (_queue.Writer.TryWrite(waiting))
            return;

        waiting.Data.Release();
        Interlocked.Increment(ref _dropped);
    }

    private async Task RunAsync()
    {
        var packet = new byte[ushort.MaxValue];
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                await SendAsync(packet, _clock.Now - Delay);
        }
        catch (OperationCanceledException)
        {
            // The exchange ends: what is in the queue goes now.
            await SendAsync(packet, Moment.Never);
        }
    }

    private async Task SendAsync(byte[] packet, Moment until)
    {
        while (_queue.Reader.TryPeek(out var next) && next.Seen <= until && _queue.Reader.TryRead(out var waiting))
        {
            try
            {
                if (await ServerAsync() is { } server)
                {
                    var length = Write(packet, waiting);
                    await SocketFor(server).SendToAsync(packet.AsMemory(0, length), SocketFlags.None, server);
                    Interlocked.Increment(ref _sent);
                }
                else
                {
                    Interlocked.Increment(ref _failed);
                }
            }
            catch (Exception e)
            {
                // One message that brings an error to light does not end the others.
                if (Interlocked.Increment(ref _failed) == 1)
                    _notice($"A HEP packet was not sent: {e.Message}");
            }
            finally
            {
                waiting.Data.Release();
            }
        }
    }

    private int Write(byte[] packet, in Waiting waiting)
    {
        var own = TracePcap.Own(waiting.Flow, _local);
        var (from, to) = waiting.Direction == SipDirection.Received ? (waiting.Flow.Remote, own) : (own, waiting.Flow.Remote);
        var correlation = waiting.Correlation;
        if (correlation is null)
        {
            var message = waiting.Data.Array.AsSpan(0, waiting.Data.Length);
            TraceMask.Apply(message, _hideDigits);
            waiting.Secret?.Hide(message);
            var callId = SipGlance.At(waiting.Data.Span).CallId;
            correlation = _traces.CallOf(callId)?.Value ?? Encoding.UTF8.GetString(callId);
        }

        var head = new HepHead(
            waiting.Correlation is null ? HepPayload.Sip : HepPayload.RtcpJson, (byte)(waiting.Flow.Transport == SipTransportKind.Udp ? 17 : 6), from, to,
            waiting.At ?? _clock.ToUtc(waiting.Seen), (uint)_options.HepCaptureId, _options.HepPassword?.Reveal() ?? "", correlation);
        return HepPacket.Write(packet, head, waiting.Data.Span);
    }

    private Socket SocketFor(IPEndPoint server) =>
        server.AddressFamily == AddressFamily.InterNetwork ? _v4 : _v6 ??= new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);

    // A name may lead elsewhere one day, and may be unknown for a while.
    private async Task<IPEndPoint?> ServerAsync()
    {
        if (_lookedUp != Moment.Zero && _clock.Now - _lookedUp < LookupInterval)
            return _server;

        _lookedUp = _clock.Now;
        var colon = _options.HepServer.LastIndexOf(':');
        var (host, port) = (_options.HepServer[..colon].Trim('[', ']'), int.Parse(_options.HepServer.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, _stopped.IsCancellationRequested ? CancellationToken.None : _stopped.Token);
            _server = addresses.Length > 0 ? new IPEndPoint(addresses[0], port) : null;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            _notice($"HEP_SERVER {host} is not known: {e.Message}");
        }

        return _server;
    }

    private readonly record struct Waiting(PooledBuffer Data, SipFlow Flow, SipDirection Direction, Moment Seen, string? Correlation)
    {
        /// <summary>When it happened, if that is not when it was seen.</summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>What the message may repeat; null for nothing. Found at once: a moment later the call may be long over.</summary>
        public ProviderSecret? Secret { get; init; }
    }
}
