using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tandem.Core.Net;

/// <summary>
/// An IP address and port as a 24-byte value: compared, hashed and stored without allocation. IPv4 is kept as such
/// (an IPv4-mapped IPv6 address becomes IPv4).
/// </summary>
public readonly record struct NetAddress
{
    private const int MaxV4Characters = 15;

    private readonly ulong _high;
    private readonly ulong _low;

    private NetAddress(ulong high, ulong low, ushort port, bool isV6)
    {
        _high = high;
        _low = low;
        Port = port;
        IsV6 = isV6;
    }

    /// <summary>The port, 0 to 65535.</summary>
    public ushort Port { get; }

    /// <summary>True for IPv6.</summary>
    public bool IsV6 { get; }

    /// <summary>True for the default value, which names no host.</summary>
    public bool IsUnspecified => _high == 0 && _low == 0;

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => IsV6 ? _high == 0 && _low == 1 : (byte)(_low >> 24) == 127;

    /// <summary>True for fe80::/10, which means something on one interface only (RFC 4291 §2.5.6); we keep no interface.</summary>
    public bool IsLinkLocalV6 => IsV6 && _high >> 54 == 0x3FA;

    /// <summary>
    /// True for what leads nowhere outside of a network of its own: RFC 1918, the shared space of carriers (RFC 6598), link-local and loopback
    /// addresses, unique local ones of IPv6 (RFC 4193).
    /// </summary>
    public bool IsPrivate => IsLoopback || (IsV6
        ? IsLinkLocalV6 || _high >> 57 == 0x7E
        : V4 >> 24 == 10 || V4 >> 20 == 0xAC1 || V4 >> 16 is 0xC0A8 or 0xA9FE || V4 >> 22 == 0x191);

    /// <summary>The IPv4 address in network order as a number; 0 for IPv6.</summary>
    public uint V4 => IsV6 ? 0 : (uint)_low;

    public static NetAddress FromV4(uint hostOrderAddress, ushort port) => new(0, hostOrderAddress, port, false);

    /// <summary>From 16 bytes in network order; an IPv4-mapped address becomes IPv4.</summary>
    public static NetAddress FromV6(ReadOnlySpan<byte> address, ushort port)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(address);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        return high == 0 && low >> 32 == 0xFFFF ? FromV4((uint)low, port) : new NetAddress(high, low, port, true);
    }

    public static NetAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4
            ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)port)
            : FromV6(bytes, (ushort)port);
    }

    public static NetAddress From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    /// <summary>From what a socket call filled in; false for a family that is not IP.</summary>
    public static bool TryFrom(SocketAddress address, out NetAddress result)
    {
        var buffer = address.Buffer.Span;
        if (address.Family == AddressFamily.InterNetwork)
        {
            result = FromV4(BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]));
            return true;
        }

        if (address.Family == AddressFamily.InterNetworkV6)
        {
            result = FromV6(buffer.Slice(8, 16), BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]));
            return true;
        }

        result = default;
        return false;
    }

    /// <summary>Parses a bare IP address (IPv6 with or without brackets) and adds the port.</summary>
    public static bool TryParse(ReadOnlySpan<byte> host, int port, out NetAddress result)
    {
        result = default;
        if (host.Length is 0 or > 45 || port is < 0 or > 65535)
            return false;

        Span<char> text = stackalloc char[host.Length];
        for (var i = 0; i < host.Length; i++)
        {
            if (host[i] > 127)
                return false;
            text[i] = (char)host[i];
        }

        return TryParse(text, port, out result);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, int, out NetAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> host, int port, out NetAddress result)
    {
        result = default;
        if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
            host = host[1..^1];

        if (host.Length == 0 || port is < 0 or > 65535)
            return false;

        // IPAddress also accepts "1", "0x7f.1" and the like: SIP and SDP know only the dotted form of four numbers.
        if (!host.Contains(':'))
            return TryParseV4(host, (ushort)port, out result);

        if (!IPAddress.TryParse(host, out var address))
            return false;

        result = From(address, port);
        return true;
    }

    private static bool TryParseV4(ReadOnlySpan<char> host, ushort port, out NetAddress result)
    {
        result = default;
        uint address = 0;
        for (var part = 0; part < 4; part++)
        {
            var dot = host.IndexOf('.');
            var text = part == 3 ? host : host[..Math.Max(0, dot)];
            // No leading zeros: some read them as octal.
            if (text.Length is 0 or > 3 || (text.Length > 1 && text[0] == '0') || !byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return false;

            address = (address << 8) | value;
            if (part < 3)
                host = host[(dot + 1)..];
        }

        result = FromV4(address, port);
        return true;
    }

    /// <summary>True when both are the same host, whatever the ports.</summary>
    public bool IsSameHost(in NetAddress other) => _high == other._high && _low == other._low && IsV6 == other.IsV6;

    public NetAddress WithPort(int port) => new(_high, _low, (ushort)port, IsV6);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (IsV6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
            return new IPAddress(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_low);
        return new IPAddress(bytes[..4]);
    }

    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary>Writes the 16 bytes of an IPv6 address (an IPv4 one as IPv4-mapped) in network order.</summary>
    public void WriteV6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], IsV6 ? _low : 0xFFFF_0000_0000UL | _low);
    }

    /// <summary>The address without the port, without brackets: <c>192.0.2.1</c>, <c>2001:db8::1</c>.</summary>
    public string HostText()
    {
        if (IsV6)
            return ToIPAddress().ToString();

        Span<char> text = stackalloc char[MaxV4Characters];
        return new string(text[..WriteV4(text)]);
    }

    /// <summary>The address as SIP writes a host: IPv6 in brackets.</summary>
    public string SipHostText() => IsV6 ? $"[{HostText()}]" : HostText();

    public override string ToString()
    {
        if (IsV6)
            return $"{SipHostText()}:{Port}";

        Span<char> text = stackalloc char[MaxV4Characters + 6];
        var length = WriteV4(text);
        text[length++] = ':';
        Port.TryFormat(text[length..], out var written, provider: CultureInfo.InvariantCulture);
        return new string(text[..(length + written)]);
    }

    private int WriteV4(Span<char> text)
    {
        var length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            ((byte)(_low >> shift)).TryFormat(text[length..], out var written, provider: CultureInfo.InvariantCulture);
            length += written;
            if (shift > 0)
                text[length++] = '.';
        }

        return length;
    }
}
