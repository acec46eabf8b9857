using Tandem.Core.Buffers;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Parsing;

/// <summary>
/// Finds the messages in one stream connection by their Content-Length (RFC 3261 §18.3), and the CRLF keep-alives between
/// them (RFC 5626 §3.5.1). It holds at most one unfinished message and what was pushed last.
/// </summary>
/// <remarks>Single-threaded. After each <see cref="Push"/> call <see cref="TryTake"/> until it says NeedMore or Broken.</remarks>
public sealed class SipStreamFramer(SipLimits limits, BufferPool? pool = null)
{
    private const int InitialBytes = 4_096;

    private readonly BufferPool _pool = pool ?? BufferPool.Shared;
    private byte[] _data = [];
    private int _start;
    private int _end;
    private int _scanned;
    private int _headLength;
    private int _messageLength;
    private bool _halfPing;

    /// <summary>Bytes that wait for the rest of their message.</summary>
    public int Buffered => _end - _start;

    /// <summary>Why the stream is broken; None before that.</summary>
    public SipRejection Rejection { get; private set; }

    /// <summary>Adds received bytes. Bytes for a broken stream are dropped.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        if (Rejection != SipRejection.None)
            return;

        MakeRoom(bytes.Length);
        bytes.CopyTo(_data.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>
    /// Takes what comes next. <paramref name="message"/> is a copy for the parser, owned by the caller. It is set for
    /// Message, and also for Broken when the head of the message is there, so that it can be answered with
    /// <see cref="Rejection"/> before the connection is closed (its body is missing).
    /// </summary>
    public FrameResult TryTake(out PooledBuffer? message)
    {
        message = null;
        if (Rejection != SipRejection.None)
            return FrameResult.Broken;

        if (_messageLength == 0)
        {
            var result = FindHead(ref message);
            if (result != FrameResult.Message)
                return result;
        }

        if (Buffered < _messageLength)
            return FrameResult.NeedMore;

        message = TakeCopy(_messageLength);
        _messageLength = 0;
        return FrameResult.Message;
    }

    private FrameResult FindHead(ref PooledBuffer? message)
    {
        if (Buffered == 0)
            return FrameResult.NeedMore;

        var data = _data.AsSpan(_start, Buffered);
        if (_scanned == 0)
        {
            if (data[0] is (byte)'\r')
                return TakeEmptyLine(data);
            if (!SipText.IsTokenByte(data[0]))
                return Break(SipRejection.NotSip);

            _halfPing = false;
        }

        // The end of the head may lie across the border to the bytes that were scanned before.
        var from = Math.Max(0, _scanned - 3);
        var found = data[from..].IndexOf("\r\n\r\n"u8);
        if (found < 0)
        {
            _scanned = data.Length;
            return data.Length > limits.MaxMessageBytes ? Break(SipRejection.MessageTooLarge) : FrameResult.NeedMore;
        }

        _headLength = from + found + 4;
        _scanned = 0;
        var rejection = FindContentLength(data[.._headLength], out var contentLength);
        if (rejection == SipRejection.None && contentLength > limits.MaxMessageBytes - _headLength)
            rejection = SipRejection.MessageTooLarge;
        if (rejection == SipRejection.None)
        {
            _messageLength = _headLength + (int)contentLength;
            return FrameResult.Message;
        }

        if (_headLength <= limits.MaxMessageBytes)
            message = TakeCopy(_headLength);

        return Break(rejection);
    }

    private FrameResult TakeEmptyLine(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            return FrameResult.NeedMore;
        if (data[1] != '\n')
            return Break(SipRejection.NotSip);

        // A ping may arrive in two pieces: its first half was reported as a pong then, which nobody minds.
        if (_halfPing || data.StartsWith("\r\n\r\n"u8))
        {
            Drop(_halfPing ? 2 : 4);
            _halfPing = false;
            return FrameResult.Ping;
        }

        if (data.Length == 3 && data[2] == '\r')
            return FrameResult.NeedMore;

        Drop(2);
        _halfPing = true;
        return FrameResult.Pong;
    }

    // Works on the copy in our own buffer: joining folded lines there changes nothing for the parser.
    private SipRejection FindContentLength(Span<byte> head, out long length)
    {
        length = 0;
        var seen = false;
        var position = head.IndexOf("\r\n"u8) + 2;
        while (position < head.Length - 2)
        {
            var before = position;
            var rejection = HeaderScanner.Read(head, limits.MaxHeaderBytes, ref position, out var field);
            if (rejection != SipRejection.None)
            {
                // A bad line elsewhere is the parser's to judge, as long as it does not hide where the head ends.
                if (position == before)
                    return rejection;
                continue;
            }

            if (field.Name != HeaderName.ContentLength)
                continue;
            if (seen)
                return SipRejection.DuplicateHeader;

            seen = true;
            if (!SipText.TryParseNumber(head.Slice(field.ValueStart, field.ValueLength), int.MaxValue, out length))
                return SipRejection.BadContentLength;
        }

        return seen ? SipRejection.None : SipRejection.BadContentLength;
    }

    private FrameResult Break(SipRejection rejection)
    {
        Rejection = rejection;
        _data = [];
        _start = _end = 0;
        return FrameResult.Broken;
    }

    private PooledBuffer TakeCopy(int length)
    {
        var copy = _pool.Rent(length);
        _data.AsSpan(_start, length).CopyTo(copy.Array);
        copy.Length = length;
        Drop(length);
        return copy;
    }

    private void Drop(int length)
    {
        _start += length;
        if (_start < _end)
            return;

        _start = _end = 0;
        if (_data.Length > InitialBytes)
            _data = [];
    }

    private void MakeRoom(int length)
    {
        if (_data.Length - _end >= length)
            return;

        var needed = Buffered + length;
        if (needed <= _data.Length)
        {
            _data.AsSpan(_start, Buffered).CopyTo(_data);
        }
        else
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(InitialBytes, _data.Length * 2), needed));
            _data.AsSpan(_start, Buffered).CopyTo(larger);
            _data = larger;
        }

        _end = Buffered;
        _start = 0;
    }
}
