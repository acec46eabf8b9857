using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tandem.Media.Codecs;

namespace Tandem.Load.Conference;

/// <summary>The phones of all rooms: one socket, from which each member gets a packet each 20 ms, spread evenly over that time; what comes back is counted.</summary>
internal sealed unsafe class ConferenceLoad : IDisposable
{
    private const int Batch = 64;
    private const int Ticks = 20;
    private const int Room = 512;
    private const int Recorded = 100;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 32 << 20, SendBufferSize = 8 << 20 };
    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(Batch * (2048 + 256));
    private readonly byte[][] _speech;
    private readonly byte[][] _silence;
    private readonly ConferenceOptions _options;
    private readonly int _units;
    private ushort[] _ports = [];
    private uint _sequence;

    public ConferenceLoad(ConferenceOptions options)
    {
        _options = options;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Blocking = false;
        var (type, map) = options.Format;
        var parts = map.Split('/');
        var format = CodecCatalog.Find(parts[0], int.Parse(parts[1]), parts.Length > 2 ? 2 : 1) ?? throw new ArgumentException($"{parts[0]} needs a library that is not installed");
        _units = format.ClockRate / 50;
        _speech = Record(new PayloadFormat(type, format), 6000);
        _silence = Record(new PayloadFormat(type, format), 0);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public void Route(IEnumerable<int> ports) => _ports = [.. ports.Select(p => (ushort)p)];

    /// <summary>Sends and receives for so long.</summary>
    public void Drive(TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var ticks = (long)length.TotalMilliseconds;
        for (long tick = 0; tick < ticks; tick++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < tick)
            {
                Receive();
                if (Stopwatch.GetElapsedTime(start).TotalMilliseconds < tick - 0.1)
                    Thread.Sleep(1);
            }

            var phase = (int)(tick % Ticks);
            if (phase == 0)
                _sequence++;
            Send((int)((long)_ports.Length * phase / Ticks), (int)((long)_ports.Length * (phase + 1) / Ticks));
        }
    }

    public void Reset() => (Sent, Received) = (0, 0);

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_memory);
    }

    // Two seconds of a voice-like sum of harmonics, encoded once: the generator must cost less than what it measures.
    private static byte[][] Record(PayloadFormat format, int amplitude)
    {
        using var encoder = CodecCatalog.CreateEncoder(format, 20);
        var packets = new byte[Recorded][];
        var samples = new short[encoder.SampleRate / 50];
        var payload = new byte[CodecCatalog.MaxPacketPayload];
        for (var p = 0; p < packets.Length; p++)
        {
            for (var i = 0; i < samples.Length; i++)
            {
                var at = 2 * Math.PI * ((p * samples.Length) + i) / encoder.SampleRate;
                samples[i] = (short)(amplitude * (Math.Sin(at * 150) + (0.5 * Math.Sin(at * 450)) + (0.3 * Math.Sin(at * 1200))) * (0.6 + (0.4 * Math.Sin(at * 3))));
            }

            packets[p] = payload[..encoder.Encode(samples, payload)];
        }

        return packets;
    }

    private void Send(int from, int to)
    {
        while (from < to)
        {
            var count = Math.Min(Batch, to - from);
            var messages = Prepare();
            for (var i = 0; i < count; i++)
            {
                var member = from + i;
                var payload = (member % _options.Room < _options.Speakers ? _speech : _silence)[(_sequence + member) % Recorded];
                var packet = new Span<byte>(messages[i].Header.Vectors->Base, Room);
                packet[0] = 0x80;
                packet[1] = (byte)_options.Format.Type;
                BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)_sequence);
                BinaryPrimitives.WriteUInt32BigEndian(packet[4..], (uint)(_sequence * _units));
                BinaryPrimitives.WriteUInt32BigEndian(packet[8..], (uint)(member + 1));
                payload.CopyTo(packet[12..]);
                messages[i].Header.Vectors->Length = (nuint)(payload.Length + 12);
                var address = (Native.SocketAddressV4*)messages[i].Header.Name;
                address->Family = 2;
                address->PortBigEndian = BinaryPrimitives.ReverseEndianness(_ports[member]);
                address->AddressBigEndian = BinaryPrimitives.ReverseEndianness(0x7F000001u);
            }

            var sent = Native.sendmmsg((int)_socket.Handle, messages, (uint)count, 0);
            if (sent <= 0)
                continue;

            Sent += sent;
            from += sent;
        }
    }

    private void Receive()
    {
        int got;
        do
        {
            got = Native.recvmmsg((int)_socket.Handle, Prepare(), Batch, Native.DontWait, 0);
            Received += Math.Max(got, 0);
        }
        while (got == Batch);
    }

    private Native.MessageVector* Prepare()
    {
        var messages = (Native.MessageVector*)_memory;
        var vectors = (Native.IoVector*)(messages + Batch);
        var addresses = (Native.SocketAddressV4*)(vectors + Batch);
        var buffers = (byte*)(addresses + Batch);
        for (var i = 0; i < Batch; i++)
        {
            vectors[i] = new Native.IoVector { Base = buffers + (i * Room), Length = Room };
            messages[i].Header = new Native.Message { Name = addresses + i, NameLength = (uint)sizeof(Native.SocketAddressV4), Vectors = vectors + i, VectorCount = 1 };
            messages[i].Length = 0;
        }

        return messages;
    }
}
