using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tandem.Load.Sip;

/// <summary>Some UDP sockets served by one thread with batch calls.</summary>
internal sealed unsafe class UdpNetwork : Network
{
    private readonly UdpLink[] _links;
    private readonly Native.PollEntry[] _entries;

    public UdpNetwork(int port, int links)
    {
        _links = new UdpLink[links];
        _entries = new Native.PollEntry[links];
        for (var i = 0; i < links; i++)
        {
            _links[i] = new UdpLink(port);
            _entries[i] = new Native.PollEntry { Descriptor = _links[i].Descriptor, Events = Native.PollIn };
        }
    }

    public override IReadOnlyList<Link> Links => _links;

    public override void Do(Action work)
    {
        work();
        FlushAll();
    }

    public override void Serve()
    {
        int ready;
        fixed (Native.PollEntry* entries = _entries)
            ready = Native.poll(entries, (nuint)_entries.Length, 1);

        if (ready <= 0)
            return;

        for (var i = 0; i < _links.Length; i++)
        {
            if (_entries[i].Returned != 0)
                _links[i].Receive(Received);
        }

        FlushAll();
    }

    public override void Dispose() => Array.ForEach(_links, link => link.Dispose());

    private void FlushAll()
    {
        foreach (var link in _links)
            link.Flush();
    }

    private sealed class UdpLink : Link, IDisposable
    {
        private const int Capacity = 64;
        private const int SlotBytes = 4096;

        private readonly Socket _socket;
        private readonly Native.MessageVector* _incoming;
        private readonly Native.MessageVector* _outgoing;
        private readonly byte* _received;
        private readonly byte* _sent;
        private int _waiting;

        public UdpLink(int port)
        {
            _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 };
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _socket.Connect(IPAddress.Loopback, port);
            Descriptor = (int)_socket.Handle;
            Local = System.Text.Encoding.ASCII.GetBytes(_socket.LocalEndPoint!.ToString()!);
            _received = (byte*)NativeMemory.Alloc(Capacity * SlotBytes);
            _sent = (byte*)NativeMemory.Alloc(Capacity * SlotBytes);
            _incoming = Vectors(_received);
            _outgoing = Vectors(_sent);
        }

        public int Descriptor { get; }

        public override byte[] Local { get; }

        public override byte[] Transport { get; } = "UDP"u8.ToArray();

        public override byte[] ContactParameter { get; } = [];

        public override void Send(ReadOnlySpan<byte> message)
        {
            message.CopyTo(new Span<byte>(_sent + (_waiting * SlotBytes), SlotBytes));
            _outgoing[_waiting].Header.Vectors->Length = (nuint)message.Length;
            if (++_waiting == Capacity)
                Flush();
        }

        public override void Flush()
        {
            // What the system has no room for is lost, as on any way.
            for (var done = 0; done < _waiting;)
            {
                var sent = Native.sendmmsg(Descriptor, _outgoing + done, (uint)(_waiting - done), 0);
                done += Math.Max(1, sent);
            }

            _waiting = 0;
        }

        public void Receive(Receiver received)
        {
            int count;
            do
            {
                for (var i = 0; i < Capacity; i++)
                    _incoming[i].Header.Vectors->Length = SlotBytes;

                count = Native.recvmmsg(Descriptor, _incoming, Capacity, Native.DontWait, 0);
                for (var i = 0; i < count; i++)
                    received(this, new ReadOnlySpan<byte>(_received + (i * SlotBytes), (int)_incoming[i].Length));
            }
            while (count == Capacity);
        }

        public void Dispose() => _socket.Dispose();

        private static Native.MessageVector* Vectors(byte* data)
        {
            var vectors = (Native.IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Native.IoVector));
            var messages = (Native.MessageVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Native.MessageVector));
            for (var i = 0; i < Capacity; i++)
            {
                vectors[i].Base = data + (i * SlotBytes);
                messages[i].Header.Vectors = vectors + i;
                messages[i].Header.VectorCount = 1;
            }

            return messages;
        }
    }
}
