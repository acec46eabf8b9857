using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tracing;

/// <summary>
/// The pages of one call. Any thread writes and reads it, under a lock that is never held while anything else is called but the block pool.
/// Before an INVITE has become a call it has no id.
/// </summary>
internal sealed class TraceBook(TraceBlocks blocks, int bytesPerCall, DateTimeOffset beganAt)
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _blocks = new(4);
    private readonly List<string> _sipCallIds = new(2);
    private int _length;
    private int _leftOut;
    private bool _isClosed;

    public CallId Id { get; set; }

    public TenantId Tenant { get; set; }

    public string TraceId { get; set; } = "";

    public DateTimeOffset BeganAt { get; } = beganAt;

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When the sound was reported last.</summary>
    public DateTimeOffset? MediaAt { get; set; }

    /// <summary>The SIP Call-IDs that lead here. Touched by the store only, under its lock.</summary>
    public List<string> SipCallIds => _sipCallIds;

    /// <summary>Adds an entry, with its secrets hidden when it is a message. False when it was not kept.</summary>
    public bool Add(TraceKind kind, DateTimeOffset at, int shard, SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            var size = TraceRecord.HeadBytes + data.Length;
            if (_isClosed)
                return false;

            if (_length + size > bytesPerCall || !Reserve(_length + size))
            {
                _leftOut++;
                return false;
            }

            Span<byte> head = stackalloc byte[TraceRecord.HeadBytes];
            TraceRecord.WriteHead(head, kind, at, shard, direction, flow, data.Length);
            Append(head);
            Append(data);
            return true;
        }
    }

    /// <summary>Everything so far; null when it was given up.</summary>
    public CallTrace? Read()
    {
        byte[] bytes;
        int leftOut;
        lock (_lock)
        {
            if (_isClosed)
                return null;

            bytes = new byte[_length];
            leftOut = _leftOut;
            for (var i = 0; i < _blocks.Count; i++)
            {
                var at = i * TraceBlocks.BlockBytes;
                _blocks[i].AsSpan(0, Math.Min(TraceBlocks.BlockBytes, _length - at)).CopyTo(bytes.AsSpan(at));
            }
        }

        return new CallTrace(Id, Tenant, TraceId, BeganAt, EndedAt, leftOut, bytes.Length, TraceRecord.ReadAll(bytes, bytes.Length));
    }

    /// <summary>Gives the memory back. What comes later is not kept.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var block in _blocks)
                blocks.Return(block);
            _blocks.Clear();
            _length = 0;
        }
    }

    private bool Reserve(int length)
    {
        while (_blocks.Count * TraceBlocks.BlockBytes < length)
        {
            if (blocks.TryRent() is not { } block)
                return false;

            _blocks.Add(block);
        }

        return true;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var block = _blocks[_length / TraceBlocks.BlockBytes];
            var at = _length % TraceBlocks.BlockBytes;
            var part = Math.Min(data.Length, TraceBlocks.BlockBytes - at);
            data[..part].CopyTo(block.AsSpan(at));
            _length += part;
            data = data[part..];
        }
    }
}
