using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Load.Tables;

/// <summary>The diagnostic port of a .NET process, by which its garbage collector is asked for a full, blocking collection.</summary>
internal static class RuntimePort
{
    // The runtime collects when a trace of this keyword begins (GCHeapCollect of Microsoft-Windows-DotNETRuntime).
    private const ulong CollectKeyword = 0x80_0000;
    private const int HeaderBytes = 20;
    private static readonly byte[] Magic = "DOTNET_IPC_V1\0"u8.ToArray();

    /// <summary>Has the process collect, and waits until it has. Throws when the process has no port or refuses.</summary>
    public static void Collect(int pid)
    {
        var path = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").FirstOrDefault()
            ?? throw new InvalidDataException($"process {pid} has no diagnostic port");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(StartTrace());
        var answer = new byte[HeaderBytes + 8];
        Receive(socket, answer);
        if (answer[16] != 0xFF || answer[17] != 0)
            throw new InvalidDataException($"process {pid} starts no trace");

        // The collection is over when its trace is: what is left of it is read until the runtime closes the stream.
        Stop(path, answer.AsSpan(HeaderBytes));
        var rest = new byte[64 * 1024];
        while (socket.Receive(rest) > 0)
        {
        }
    }

    private static void Stop(string path, ReadOnlySpan<byte> session)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Message(1, session));
        Receive(socket, new byte[HeaderBytes]);
    }

    private static void Receive(Socket socket, Span<byte> into)
    {
        while (into.Length > 0)
        {
            var count = socket.Receive(into);
            if (count == 0)
                throw new InvalidDataException("the diagnostic port was closed");
            into = into[count..];
        }
    }

    // CollectTracing2: megabytes of buffer, format (1: nettrace), rundown, providers.
    private static byte[] StartTrace()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(16u);
        writer.Write(1u);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(CollectKeyword);
        writer.Write(4u);
        const string provider = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write((uint)provider.Length);
        writer.Write(Encoding.Unicode.GetBytes(provider));
        writer.Write(0u);
        writer.Flush();
        return Message(3, payload.ToArray());
    }

    // Magic, size of all, command set (2: traces), command, reserved.
    private static byte[] Message(byte command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = 2;
        message[17] = command;
        payload.CopyTo(message.AsSpan(HeaderBytes));
        return message;
    }
}
