using Tandem.Media.Plan;

namespace Tandem.Media.Transport;

/// <summary>What a session wants from its loop: a plan and the sockets that go with it. Immutable.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Ports">Sockets by media line; null where the line is off.</param>
/// <param name="IsClosed">The session is over.</param>
internal sealed record SessionWish(MediaPlan Plan, StreamPorts?[] Ports, bool IsClosed)
{
    public static readonly SessionWish Closed = new(MediaPlan.Empty, [], true);

    public bool Uses(MediaSocket socket)
    {
        foreach (var ports in Ports)
        {
            if (ports?.Uses(socket) == true)
                return true;
        }

        return false;
    }
}
