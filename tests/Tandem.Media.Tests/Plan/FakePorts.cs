using Tandem.Core.Net;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Plan;

/// <summary>Ports without sockets: line and side give the number.</summary>
internal sealed class FakePorts : ILocalPorts
{
    public bool HasV6 { get; init; } = true;

    /// <summary>Our IPv4 address.</summary>
    public string V4 { get; set; } = "203.0.113.1";

    public bool IsExhausted { get; set; }

    /// <summary>What is reserved: (line, side) to (IPv6, RTCP).</summary>
    public Dictionary<(int Line, MediaSide Side), (bool IsV6, bool Rtcp)> Reserved { get; } = [];

    public bool TryGetAddress(NetAddress peer, bool isV6, out NetAddress address)
    {
        NetAddress.TryParse(isV6 ? "2001:db8::1" : V4, 0, out address);
        return !isV6 || HasV6;
    }

    public bool TryReserve(int line, MediaSide side, bool isV6, bool withRtcp, out int port)
    {
        port = 30000 + (line * 4) + ((int)side * 2);
        if (IsExhausted && !Reserved.ContainsKey((line, side)))
            return false;

        var before = Reserved.GetValueOrDefault((line, side));
        Reserved[(line, side)] = (isV6, withRtcp || before.Rtcp);
        return true;
    }

    public void Keep(ReadOnlySpan<bool> towardA, ReadOnlySpan<bool> towardB)
    {
        foreach (var key in Reserved.Keys.ToArray())
        {
            var lines = key.Side == MediaSide.A ? towardA : towardB;
            if (key.Line >= lines.Length || !lines[key.Line])
                Reserved.Remove(key);
        }
    }
}
