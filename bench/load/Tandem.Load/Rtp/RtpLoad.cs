using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tandem.Media.Srtp;

namespace Tandem.Load;

/// <summary>
/// Both ends of many G.711 calls: each side of each call sends a packet of 172 bytes each 20 ms, spread evenly over the 20 ms,
/// and what comes back is counted. All callers share one socket and all callees another, so that the generator is cheap. Latency ends with
/// the kernel's mark of arrival: how late this process looks is not the relay's.
/// </summary>
public sealed unsafe class RtpLoad : IDisposable
{
    private const int PacketBytes = 172;
    private const int Batch = 64;
    private const int SendBatch = 8; // the marks of a batch are set before it goes: a long one would count as latency
    private const int ControlBytes = 64;
    private const int LevelSocket = 1;
    private const int OptionTimestamps = 35;
    private const int Ticks = 20;

    private readonly int _calls;
    private readonly Socket _caller = Bound();
    private readonly Socket _callee = Bound();
    private readonly ushort[] _callerSends;
    private readonly ushort[] _calleeSends;
    private readonly SecureEnd?[] _callerKeys;
    private readonly SecureEnd?[] _calleeKeys;
    private readonly byte* _memory;
    private readonly long[] _latency = new long[100_000];
    private ushort _sequence;
    private long _sent;
    private long _returned;

    public RtpLoad(int calls)
    {
        _calls = calls;
        _callerSends = new ushort[calls];
        _calleeSends = new ushort[calls];
        _callerKeys = new SecureEnd?[calls];
        _calleeKeys = new SecureEnd?[calls];
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(Batch * (2048 + ControlBytes + sizeof(Native.MessageVector) + sizeof(Native.IoVector) + sizeof(Native.SocketAddressV4))));
    }

    public int CallerPort => ((IPEndPoint)_caller.LocalEndPoint!).Port;

    public int CalleePort => ((IPEndPoint)_callee.LocalEndPoint!).Port;

    internal Socket Caller => _caller;

    /// <summary>Secures the sides of a call.</summary>
    internal void Secure(int call, SecureEnd? caller, SecureEnd? callee)
    {
        _callerKeys[call] = caller;
        _calleeKeys[call] = callee;
    }

    /// <summary>Sets where the two sides of a call send.</summary>
    public void Route(int call, int callerSends, int calleeSends)
    {
        _callerSends[call] = (ushort)callerSends;
        _calleeSends[call] = (ushort)calleeSends;
    }

    /// <summary>Sends for the given time; three seconds before it let the relay settle (a runtime compiles anew what has become busy) and are not counted.</summary>
    /// <param name="length">How long is counted.</param>
    /// <param name="server">Whose CPU time is taken.</param>
    /// <param name="settled">Called when the counting begins.</param>
    public RtpReport Run(TimeSpan length, ProcessCpu server, Action? settled = null)
    {
        using var self = Process.GetCurrentProcess();
        Drive(TimeSpan.FromSeconds(3));
        Drain(TimeSpan.FromMilliseconds(200));
        settled?.Invoke();
        Array.Clear(_latency);
        (_sent, _returned) = (0, 0);
        self.Refresh();
        var (cpu, own, start) = (server.Seconds(), self.TotalProcessorTime, Stopwatch.GetTimestamp());
        Drive(length);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Drain(TimeSpan.FromMilliseconds(200));
        self.Refresh();
        return new RtpReport(_sent, _returned, seconds, server.Seconds() - cpu, (self.TotalProcessorTime - own).TotalSeconds, Percentile(0.5), Percentile(0.99));
    }

    public void Dispose()
    {
        _caller.Dispose();
        _callee.Dispose();
        NativeMemory.Free(_memory);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 16 << 20, SendBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Blocking = false;
        socket.SetRawSocketOption(LevelSocket, OptionTimestamps, BitConverter.GetBytes(1));
        return socket;
    }

    private void Drive(TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var ticks = (long)length.TotalMilliseconds;
        for (long tick = 0; tick < ticks; tick++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < tick)
            {
                Receive(_caller, _callerKeys);
                Receive(_callee, _calleeKeys);
                if (Stopwatch.GetElapsedTime(start).TotalMilliseconds < tick - 0.3)
                    Thread.Sleep(0);
                if (Stopwatch.GetElapsedTime(start).TotalMilliseconds < tick - 0.1)
                    Thread.Sleep(1);
            }

            var phase = (int)(tick % Ticks);
            if (phase == 0)
                _sequence++;
            var from = (int)((long)_calls * phase / Ticks);
            var to = (int)((long)_calls * (phase + 1) / Ticks);
            Send(_caller, _callerSends, _callerKeys, from, to, 0);
            Send(_callee, _calleeSends, _calleeKeys, from, to, 0x10000);

            // Also when it is late: else the buffers run over.
            Receive(_caller, _callerKeys);
            Receive(_callee, _calleeKeys);
        }
    }

    private void Drain(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            Receive(_caller, _callerKeys);
            Receive(_callee, _calleeKeys);
            Thread.Sleep(1);
        }
    }

    private void Send(Socket socket, ushort[] ports, SecureEnd?[] keys, int from, int to, uint ssrcBase)
    {
        while (from < to)
        {
            var count = Math.Min(SendBatch, to - from);
            var messages = Prepare(PacketBytes);
            for (var i = 0; i < count; i++)
            {
                var packet = new Span<byte>(messages[i].Header.Vectors->Base, PacketBytes);
                packet[0] = 0x80;
                packet[1] = 0;
                BinaryPrimitives.WriteUInt16BigEndian(packet[2..], _sequence);
                BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _sequence * 160u);
                BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrcBase + (uint)(from + i + 1));
                BinaryPrimitives.WriteInt64LittleEndian(packet[12..], DateTime.UtcNow.Ticks);
                if (keys[from + i]?.Sends is { } context)
                {
                    var length = PacketBytes;
                    context.ProtectRtp(new Span<byte>(messages[i].Header.Vectors->Base, 2048), ref length);
                    messages[i].Header.Vectors->Length = (nuint)length;
                }

                var address = (Native.SocketAddressV4*)messages[i].Header.Name;
                address->Family = 2;
                address->PortBigEndian = BinaryPrimitives.ReverseEndianness(ports[from + i]);
                address->AddressBigEndian = BinaryPrimitives.ReverseEndianness(0x7F000001u);
            }

            // What the system does not take at once is sent again as it is: an index is protected once only.
            for (var done = 0; done < count;)
                done += Math.Max(0, Native.sendmmsg((int)socket.Handle, messages + done, (uint)(count - done), 0));
            _sent += count;
            from += count;
        }
    }

    private void Receive(Socket socket, SecureEnd?[] keys)
    {
        while (true)
        {
            var messages = Prepare(2048);
            var got = Native.recvmmsg((int)socket.Handle, messages, Batch, Native.DontWait, 0);
            if (got <= 0)
                return;

            for (var i = 0; i < got; i++)
            {
                var packet = new Span<byte>(messages[i].Header.Vectors->Base, (int)messages[i].Length);
                if (packet.Length < PacketBytes)
                    continue;

                // The relay leaves the SSRC alone, and it tells the call.
                var call = (int)(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) & 0xFFFF) - 1;
                if ((uint)call >= (uint)keys.Length)
                    continue;
                var length = packet.Length;
                if (keys[call]?.Receives is { } context && context.UnprotectRtp(packet, ref length) != SrtpVerdict.Accepted)
                    continue;
                if (length != PacketBytes)
                    continue;

                _latency[_returned++ % _latency.Length] = Native.Arrival(messages[i].Header) - BinaryPrimitives.ReadInt64LittleEndian(packet[12..]);
            }

            if (got < Batch)
                return;
        }
    }

    private Native.MessageVector* Prepare(int length)
    {
        var messages = (Native.MessageVector*)_memory;
        var vectors = (Native.IoVector*)(messages + Batch);
        var addresses = (Native.SocketAddressV4*)(vectors + Batch);
        var controls = (byte*)(addresses + Batch);
        var buffers = controls + (Batch * ControlBytes);
        for (var i = 0; i < Batch; i++)
        {
            vectors[i] = new Native.IoVector { Base = buffers + (i * 2048), Length = (nuint)length };
            messages[i].Header = new Native.Message
            {
                Name = addresses + i,
                NameLength = (uint)sizeof(Native.SocketAddressV4),
                Vectors = vectors + i,
                VectorCount = 1,
                Control = controls + (i * ControlBytes),
                ControlLength = length > PacketBytes ? ControlBytes : 0u,
            };
            messages[i].Length = 0;
        }

        return messages;
    }

    private double Percentile(double part)
    {
        var known = _latency.Where(l => l > 0).Order().ToArray();
        return known.Length == 0 ? 0 : known[(int)((known.Length - 1) * part)] / (double)TimeSpan.TicksPerMillisecond;
    }
}
