using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

/// <summary>Sockets that are only numbers; some ports can be taken by somebody else.</summary>
internal sealed class FakeLayer : SocketLayer
{
    public HashSet<int> Taken { get; } = [];

    public List<FakeSocket> Bound { get; } = [];

    /// <summary>Called before a socket is made.</summary>
    public Action? Binding { get; set; }

    public int Open => Bound.Count(s => !s.IsClosed);

    public override MediaSocket? TryBind(NetAddress local)
    {
        Binding?.Invoke();
        if (Taken.Contains(local.Port))
            return null;

        var socket = new FakeSocket(local.Port, local.IsV6);
        Assert.DoesNotContain(Bound, s => !s.IsClosed && s.Port == local.Port);
        Bound.Add(socket);
        return socket;
    }

    public override MediaLoop CreateLoop(int index, PortPool pool, Clock clock) => throw new InvalidOperationException("the pool's tests have no loop");

    internal sealed class FakeSocket(int port, bool isV6) : MediaSocket(port, isV6)
    {
        public bool IsClosed { get; private set; }

        public override void Drain(int limit)
        {
        }

        public override void Close() => IsClosed = true;
    }
}
