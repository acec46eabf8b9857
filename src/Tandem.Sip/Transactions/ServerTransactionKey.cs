using System.Buffers.Binary;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transactions;

/// <summary>Writes the keys of <see cref="ServerTransactionTable"/>. The parts are separated by bytes that none of them can contain.</summary>
internal sealed class ServerTransactionKey
{
    private byte[] _bytes = new byte[512];
    private int _length;

    /// <summary>The bytes written last.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>
    /// RFC 3261 §17.2.3: branch and sent-by. Without the magic cookie of §8.1.1.7: the whole top Via value, Request-URI,
    /// From tag, Call-ID and the CSeq number; the To tag is left out, because the ACK has another one than the INVITE.
    /// </summary>
    public void WriteMatch(SipMessage request, in ViaValue via)
    {
        _length = 0;
        var branch = via.Branch;
        if (branch.StartsWith("z9hG4bK"u8) && branch.Length > 7)
        {
            Add(branch);
            Add(via.Host);
            AddNumber((uint)via.Port);
            return;
        }

        if (request.TryGetFirst(HeaderName.Via, out var top))
            Add(top);
        Add(request.RequestUri);
        Add(request.FromTag);
        Add(request.CallId);
        AddNumber(request.CSeq);
    }

    /// <summary>Appends the merge key (RFC 3261 §8.2.2.2: From tag, Call-ID, CSeq) to the match key, and gives both as one array.</summary>
    public byte[] ToArrayWithMerge(SipMessage request)
    {
        AddMerge(request);
        return Bytes.ToArray();
    }

    private void AddMerge(SipMessage request)
    {
        Add(request.CallId);
        Add(request.FromTag);
        Add(request.MethodText);
        AddNumber(request.CSeq);
    }

    private void Add(ReadOnlySpan<byte> part)
    {
        Reserve(part.Length + 1);
        part.CopyTo(_bytes.AsSpan(_length));
        _length += part.Length;
        _bytes[_length++] = 0;
    }

    private void AddNumber(uint number)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), number);
        _length += 4;
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}
