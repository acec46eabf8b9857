using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>A thread that receives from one socket for all shards.</summary>
internal sealed class UdpReceiver : IDisposable
{
    private readonly UdpEndpoint _endpoint;
    private readonly MessageIntake _intake;
    private readonly LoopWaiter _waiter = LoopWaiter.Create();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public UdpReceiver(UdpEndpoint endpoint, MessageIntake intake)
    {
        _endpoint = endpoint;
        _intake = intake;
        _thread = new Thread(_waiter.WatchesDescriptors ? RunBatches : RunPortably) { Name = "sip-udp", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Ends the thread, waits for it and closes the socket.</summary>
    public void Dispose()
    {
        _stopping = true;
        _waiter.Wake();

        // Without descriptors to watch the thread sits in a receive call, which ends when the socket does.
        if (!_waiter.WatchesDescriptors)
            _endpoint.Dispose();
        if (_thread.IsAlive)
            _thread.Join();

        _endpoint.Dispose();
        _waiter.Dispose();
    }

    private void RunBatches()
    {
        using var inlet = new UdpInlet(_endpoint, _intake);
        ReadOnlySpan<int> descriptors = [inlet.Descriptor];
        while (!_stopping)
        {
            if (!inlet.ReceiveBatch(null))
                _waiter.Wait(-1, descriptors);
        }
    }

    private void RunPortably()
    {
        var buffer = new byte[65_536];
        var address = new SocketAddress(_endpoint.Local.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        while (!_stopping)
        {
            try
            {
                var length = _endpoint.Socket.ReceiveFrom(buffer, SocketFlags.None, address);
                if (!NetAddress.TryFrom(address, out var source))
                    continue;

                var flow = new SipFlow(SipTransportKind.Udp, _endpoint.Local, source);
                if (StunBinding.Looks(buffer.AsSpan(0, length)))
                    _intake.TakeStun(buffer.AsSpan(0, length), flow, _intake.Clock.Now, _endpoint);
                else
                    _intake.TakeDatagram(buffer.AsSpan(0, length), flow, _intake.Clock.Now, null);
            }
            catch (SocketException)
            {
                // Some systems report here that an earlier datagram found nobody. The socket itself is well.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
