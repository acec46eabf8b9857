using System.Net.WebSockets;
using Tandem.Core.Loops;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// Frames of a client (RFC 6455 §5, RFC 7118 §5), through the framework's reader and our connection on it. The first byte says in which pieces the
/// rest arrives, which changes nothing: the same messages, the same answers, the same end. Whatever comes, the connection ends once, with its
/// bytes, and nothing is thrown.
/// </summary>
internal static class WebSocketTarget
{
    private static readonly NetAddress Client = NetAddress.FromV4(0xC0000209, 40_000);
    private static readonly NetAddress Server = NetAddress.FromV4(0xC6336401, 80);

    // Smaller than a mutant may be, so that the limit is met.
    private static readonly SipTransportOptions Options = new() { Listeners = [], Limits = SipLimits.Default with { MaxMessageBytes = 2_000 } };
    private static readonly Clock Clock = new(TimeProvider.System);

    // It is never started: what is posted beyond its mailbox is released.
    private static readonly ShardLoop Loop = new(new NoShard(), Clock, new ShardLoopOptions { MailboxCapacity = 16 });

    public static int Run(byte[] input)
    {
        if (input.Length == 0)
            return 0;

        var bytes = input.AsMemory(1);
        var whole = Play(bytes, int.MaxValue);
        var pieces = Play(bytes, 1 + (input[0] % 64));

        // Where a message is too long the framework may have seen more of it, or a fault behind the limit.
        Check.That(whole.Equals(pieces) || whole.Reason == ConnectionCloseReason.Broken || pieces.Reason == ConnectionCloseReason.Broken, $"{whole} in one piece, {pieces} in pieces");
        return HashCode.Combine(Math.Min(whole.Messages, 4), Math.Min(whole.Pings, 4), whole.Reason, whole.Sent.Length == 0 ? 0 : (int)whole.Sent[0], Math.Min(whole.Sent.Length, 12));
    }

    private static Outcome Play(ReadOnlyMemory<byte> bytes, int piece)
    {
        var counters = new SipTransportCounters();
        var ends = new List<ConnectionCloseReason>();
        var context = new StreamContext(Options, new MessageIntake(Options, [Loop], new OpenDoor(), Clock, counters), counters, (_, reason) => ends.Add(reason));
        using var wire = new Wire(bytes, piece);
        using var socket = WebSocket.CreateFromStream(wire, new WebSocketCreationOptions { IsServer = true, SubProtocol = "sip", KeepAliveInterval = TimeSpan.Zero });
        var connection = new WebSocketConnection(context, SipTransportKind.Ws, socket, Server, Client);
        var faults = Loop.Meter.Faults;
        connection.Run();

        // All bytes are there; the framework says goodbye after a fault on another thread.
        Check.That(connection.Completion.Wait(TimeSpan.FromSeconds(60)), "it waits for more than there is");
        Check.That(ends.Count == 1, $"it has ended {ends.Count} times");
        Check.That(Loop.Meter.Faults == faults, "a fault");
        Check.That(context.QueuedBytes == 0, $"{context.QueuedBytes} bytes still wait");
        Check.That(counters.StreamBytesIn <= bytes.Length, "more bytes than came");
        return new Outcome(counters.StreamMessagesIn, counters.StreamPings, ends[0], Convert.ToHexString(wire.Sent.ToArray()));
    }

    private sealed record Outcome(long Messages, long Pings, ConnectionCloseReason Reason, string Sent);

    private sealed class OpenDoor : ISourceGuard
    {
        public bool Admits(in NetAddress source, Moment now) => true;
    }

    private sealed class NoShard : ISipShard
    {
        public TurnQueue Turns { get; } = new();

        public Moment NextDeadline => Moment.Never;

        public void Receive(in SipInput input, Moment now) => input.Message?.Release();

        public void Advance(Moment now)
        {
            // Nothing is ever due.
        }

        public bool TryTakePacket(out SipPacket packet)
        {
            packet = default;
            return false;
        }
    }

    /// <summary>A stream whose bytes are all there at once, in pieces, and then its end; what is written to it is kept.</summary>
    private sealed class Wire(ReadOnlyMemory<byte> bytes, int piece) : Stream
    {
        private int _at;

        public MemoryStream Sent { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Take(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Take(buffer.Span));

        public override void Write(byte[] buffer, int offset, int count) => Sent.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent.Write(buffer.Span);
            return default;
        }

        public override void Flush()
        {
            // Everything is there already.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private int Take(Span<byte> target)
        {
            var length = Math.Min(Math.Min(target.Length, piece), bytes.Length - _at);
            bytes.Span.Slice(_at, length).CopyTo(target);
            _at += length;
            return length;
        }
    }
}
