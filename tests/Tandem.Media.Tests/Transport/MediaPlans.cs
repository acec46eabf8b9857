using Tandem.Core.Net;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Transport;

/// <summary>Plans for tests of the packet path. A is at 192.0.2.1:5000, B at 192.0.2.2:6000.</summary>
internal static class MediaPlans
{
    public static readonly NetAddress A = VirtualSession.At("192.0.2.1", 5000);
    public static readonly NetAddress B = VirtualSession.At("192.0.2.2", 6000);
    public static readonly NetAddress Stranger = VirtualSession.At("203.0.113.66", 4000);

    /// <summary>The payload types of an m= line with its rtpmap lines.</summary>
    public static PayloadTable Payloads(string formats = "0 8 101", params string[] maps)
    {
        var table = new PayloadTable();
        foreach (var format in formats.Split(' ').Select(int.Parse))
        {
            var map = maps.FirstOrDefault(map => map.StartsWith($"{format} ", StringComparison.Ordinal));
            table.Add(format, map is not null ? int.Parse(map.Split('/')[1]) : format < 96 ? 8000 : 0);
        }

        return table;
    }

    public static TransportPlan To(NetAddress address, SecurityPlan? security = null, IcePlan? ice = null, bool mux = true, bool opaque = false) =>
        new(address, mux ? address : address.WithPort(address.Port + 1), default, mux, security, ice, opaque);

    public static LineSide Side(int transport = 0, PayloadTable? payloads = null, string mid = "", int extension = 0) =>
        new(transport, true, true, true, payloads ?? Payloads(), null, mid, extension);

    /// <summary>One audio line.</summary>
    public static MediaPlan OneLine(TransportPlan? a = null, TransportPlan? b = null, bool canRelay = true, byte[]? aToB = null) => new(
        [new LinePlan("audio", Side(), Side(), canRelay, aToB)], [a ?? To(A)], [b ?? To(B)], false, false);
}
