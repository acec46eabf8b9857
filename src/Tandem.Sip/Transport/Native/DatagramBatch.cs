using System.Runtime.InteropServices;
using Tandem.Core.Net;

namespace Tandem.Sip.Transport.Native;

/// <summary>
/// Buffers for one recvmmsg call: up to <see cref="Capacity"/> datagrams of any size. Memory pages that no datagram
/// touched are never used. One thread owns a batch.
/// </summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>Datagrams of one call.</summary>
    public const int Capacity = 32;

    private const int SlotBytes = 65_536;

    private readonly Libc.MessageHeaderAndLength* _messages;
    private readonly Libc.IoVector* _vectors;
    private readonly byte* _names;
    private byte* _data;

    public DatagramBatch()
    {
        _messages = (Libc.MessageHeaderAndLength*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Libc.MessageHeaderAndLength));
        _vectors = (Libc.IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Libc.IoVector));
        _names = (byte*)NativeMemory.AllocZeroed(Capacity, SocketAddressBytes.MaxLength);
        _data = (byte*)NativeMemory.Alloc(Capacity, SlotBytes);
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i] = new Libc.IoVector { Base = _data + (i * SlotBytes), Length = SlotBytes };
            ref var header = ref _messages[i].Header;
            header.Name = _names + (i * SocketAddressBytes.MaxLength);
            header.Vectors = _vectors + i;
            header.VectorCount = 1;
        }
    }

    ~DatagramBatch() => Free();

    /// <summary>Takes what waits, without waiting for more; 0 when nothing waits, -1 at an error, which the next call clears.</summary>
    public int Receive(int socket)
    {
        for (var i = 0; i < Capacity; i++)
            _messages[i].Header.NameLength = SocketAddressBytes.MaxLength;

        var count = Libc.ReceiveMany(socket, _messages, Capacity, Libc.MsgDontWait, null);
        return count >= 0 ? count : Marshal.GetLastPInvokeError() is Libc.Eagain or Libc.Eintr ? 0 : -1;
    }

    /// <summary>The bytes of a datagram of the last call.</summary>
    public ReadOnlySpan<byte> Data(int index) => new(_vectors[index].Base, (int)_messages[index].Length);

    /// <summary>Where a datagram of the last call came from; false when that is no IP address.</summary>
    public bool TryGetSource(int index, out NetAddress source) =>
        SocketAddressBytes.TryRead(new ReadOnlySpan<byte>(_names + (index * SocketAddressBytes.MaxLength), SocketAddressBytes.MaxLength), out source);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data == null)
            return;

        NativeMemory.Free(_data);
        NativeMemory.Free(_names);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_messages);
        _data = null;
    }
}
