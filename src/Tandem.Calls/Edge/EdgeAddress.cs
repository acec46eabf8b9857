using System.Globalization;
using Tandem.Core.Net;

namespace Tandem.Calls.Edge;

/// <summary>The address of a node as text: <c>10.0.0.1:5060</c>, <c>[2001:db8::1]:5060</c>.</summary>
public static class EdgeAddress
{
    /// <summary>False for anything but an address of IPv4 or IPv6 and a port from 1.</summary>
    public static bool TryParse(string text, out NetAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            && NetAddress.TryParse(text.AsSpan(0, colon).Trim("[]"), port, out address);
    }

    /// <summary>True for an empty text, too.</summary>
    public static bool IsValid(string text) => text.Length == 0 || TryParse(text, out _);
}
