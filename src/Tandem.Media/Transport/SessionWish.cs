using Tandem.Media.Plan;

namespace Tandem.Media.Transport;

/// <summary>What a session wants from its loop: a plan and the sockets that go with it. Immutable.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="PortsA">Sockets toward side A by the plan's transports; null where there is none.</param>
/// <param name="PortsB">The same toward side B.</param>
/// <param name="IsClosed">The session is over.</param>
internal sealed record SessionWish(MediaPlan Plan, TransportPorts?[] PortsA, TransportPorts?[] PortsB, bool IsClosed)
{
    public static readonly SessionWish Empty = new(MediaPlan.Empty, [], [], false);

    public static readonly SessionWish Closed = new(MediaPlan.Empty, [], [], true);

    public TransportPorts?[] Ports(MediaSide side) => side == MediaSide.A ? PortsA : PortsB;
}
