namespace Tandem.Core.Net;

/// <summary>A network: an address and how many of its leading bits count, for example <c>192.0.2.0/24</c> or <c>2001:db8::/32</c>.</summary>
public readonly record struct NetPrefix
{
    private readonly NetAddress _network;

    private NetPrefix(NetAddress network, int bits)
    {
        _network = network;
        Bits = bits;
    }

    /// <summary>Leading bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int Bits { get; }

    /// <summary>Reads <c>address/bits</c>; an address alone means all of its bits. Bits behind the prefix must be 0.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NetPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!NetAddress.TryParse((slash < 0 ? text : text[..slash]).Trim(), 0, out var address))
            return false;

        var most = address.IsV6 ? 128 : 32;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..].Trim(), out bits) || bits < 0 || bits > most))
            return false;
        if (Mask(address, bits) != address)
            return false;

        prefix = new NetPrefix(address, bits);
        return true;
    }

    /// <summary>True when the address lies in this network; the port does not matter.</summary>
    public bool Contains(in NetAddress address) => address.IsV6 == _network.IsV6 && Mask(address, Bits) == _network;

    /// <summary>The address with all bits behind the first <paramref name="bits"/> set to 0, and port 0.</summary>
    public static NetAddress Mask(in NetAddress address, int bits)
    {
        if (!address.IsV6)
            return NetAddress.FromV4(bits == 0 ? 0 : address.V4 & (uint.MaxValue << (32 - bits)), 0);

        Span<byte> bytes = stackalloc byte[16];
        address.WriteV6(bytes);
        for (var i = 0; i < 16; i++)
        {
            var keep = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - keep));
        }

        // FromV6 would turn ::ffff:0:0/96 into IPv4; an IPv6 NetAddress never lies there, and neither does what is left of it.
        return NetAddress.FromV6(bytes, 0);
    }

    public override string ToString() => $"{_network.HostText()}/{Bits}";
}
