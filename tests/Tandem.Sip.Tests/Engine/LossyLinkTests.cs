using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;
using Tandem.Testing.Network;

namespace Tandem.Sip.Tests.Engine;

/// <summary>
/// Two engines over a link that loses, doubles and reorders datagrams: whatever happens, every transaction ends, every
/// INVITE has one outcome, and nothing is left in a table. The same seed gives the same run.
/// </summary>
public class LossyLinkTests
{
    [Fact]
    public void Every_transaction_ends_whatever_the_link_does()
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var conditions = new NetworkConditions
        {
            Loss = random.Next(5) * 0.1,
            Duplication = random.Next(4) * 0.1,
            Delay = random.Next(1, 200),
            Jitter = random.Next(0, 800),
        };
        var network = new VirtualNetwork(seed, conditions);
        var a = new Node(network, EngineBench.Address("192.0.2.1", 5060), seed * 2);
        var b = new Node(network, EngineBench.Address("192.0.2.2", 5060), (seed * 2) + 1);
        var started = new List<Attempt>();
        for (var i = 0; i < 12; i++)
        {
            started.Add((i % 2 == 0 ? a : b).Start(i % 3 == 0 ? SipMethod.Options : SipMethod.Invite, i % 2 == 0 ? b : a, cancel: i % 4 == 1));
            network.Run(TimeSpan.FromMilliseconds(random.Next(0, 3_000)));
        }

        // The peer takes up to 40 s to answer; then 64*T1 for the response, the ACK or the BYE each, and T4.
        network.Run(TimeSpan.FromSeconds(40 + (3 * 32) + 5));
        foreach (var attempt in started)
            Assert.Equal(1, attempt.Outcomes);
        a.AssertEmpty();
        b.AssertEmpty();
    }

    /// <summary>One request of the test and how often it came to an end: never and twice are both wrong.</summary>
    private sealed class Attempt
    {
        public int Outcomes { get; set; }

        public bool Cancel { get; init; }
    }

    private sealed class Node : INetworkNode
    {
        private readonly VirtualNetwork _network;
        private readonly NetAddress _address;
        private readonly TimerWheel _wheel = new(Moment.FromMilliseconds(1_000));
        private readonly SipEngine _engine;
        private readonly Random _random;
        private int _calls;

        public Node(VirtualNetwork network, NetAddress address, int seed)
        {
            _network = network;
            _address = address;
            _random = new Random(seed);
            _engine = new SipEngine(SipEngineOptions.Default, _wheel, _random);
            _engine.Addressing.Set(SipTransportKind.Udp, address.HostText(), 5060);
            network.Attach(address, this);
        }

        public Moment NextDeadline => _wheel.NextDeadline;

        public Attempt Start(SipMethod method, Node peer, bool cancel)
        {
            var attempt = new Attempt { Cancel = cancel };
            var writer = SipWriter.Request(method, $"sip:x@{peer._address}")
                .Header(HeaderName.MaxForwards, 70)
                .Header(HeaderName.From, $"<sip:x@{_address}>;tag={_engine.NewTag()}")
                .Header(HeaderName.To, $"<sip:x@{peer._address}>")
                .Header(HeaderName.CallId, $"{_address.HostText()}-{_calls++}")
                .Header(HeaderName.CSeq, $"1 {Encoding.ASCII.GetString(SipMethods.Text(method))}")
                .Header(HeaderName.Contact, $"<sip:x@{_address}>");
            var client = _engine.SendRequest(writer, method, Flow(peer._address), _network.Now, attempt);
            Flush();
            if (cancel && method == SipMethod.Invite)
                After(TimeSpan.FromMilliseconds(_random.Next(0, 30_000)), now => _engine.Cancel(client, now));
            return attempt;
        }

        public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
        {
            var rejection = SipParser.Parse(PooledBuffer.Copy(datagram), SipLimits.Default, out var message);
            Assert.Equal(SipRejection.None, rejection);
            _engine.Receive(new SipInput(message, Flow(from), rejection), now);
            Flush();
        }

        public void Advance(Moment now)
        {
            _wheel.Advance(now);
            Flush();
        }

        public void AssertEmpty()
        {
            Assert.Equal(0, _engine.ClientTransactions);
            Assert.Equal(0, _engine.ServerTransactions);
            Assert.Equal(0, _engine.Dialogs.Count);
            Assert.Equal(0, _wheel.Count);
        }

        private SipFlow Flow(in NetAddress peer) => new(SipTransportKind.Udp, _address, peer);

        private void Flush()
        {
            while (_engine.TryTakeEvent(out var e))
                Handle(e, _network.Now);
            while (_engine.TryTakePacket(out var packet))
            {
                _network.Send(_address, packet.Target.Remote, packet.Data.Span);
                packet.Data.Release();
            }
        }

        private void Handle(SipEvent e, Moment now)
        {
            switch (e.Kind)
            {
                case SipEventKind.Request:
                    Answer(e, now);
                    break;
                case SipEventKind.Cancelled:
                    _engine.Respond(e.Server!, e.Server!.Reply(487), now);
                    break;
                case SipEventKind.Ack2xx:
                    break;
                case SipEventKind.Timeout when e.Server is { Method: SipMethod.Invite, LastStatus: < 300 }:
                    e.Dialog!.Terminate();
                    break;
                case SipEventKind.Timeout when e.Client is { } client:
                    Ended(client);
                    break;
                case SipEventKind.Response when e.Message!.StatusCode >= 200:
                    Ended(e.Client!);
                    if (e.Client!.IsInvite && e.Message.StatusCode < 300)
                        AckAndHangUp(e, now);
                    break;
            }

            e.Message?.Release();
        }

        private static void Ended(ClientTransaction client)
        {
            if (client.Owner is Attempt attempt)
                attempt.Outcomes++;
        }

        private void AckAndHangUp(in SipEvent e, Moment now)
        {
            var dialog = e.Dialog!;
            _engine.SendAck(dialog, e.Client!, dialog.Ack(e.Client!.CSeq), e.Flow);
            var flow = e.Flow;

            // The dialog stays while the 2xx may still come again and want its ACK.
            After(TimeSpan.FromSeconds(32), later =>
            {
                _engine.SendRequest(dialog.Request(SipMethod.Bye), SipMethod.Bye, flow, later);
                dialog.Terminate();
            });
        }

        private void Answer(in SipEvent e, Moment now)
        {
            var server = e.Server!;
            if (server.Method == SipMethod.Bye)
            {
                e.Dialog!.Terminate();
                _engine.Respond(server, server.Reply(200), now);
            }
            else if (server.Method == SipMethod.Options)
            {
                After(TimeSpan.FromMilliseconds(_random.Next(0, 2_000)), later => Respond(server, _random.Next(2) == 0 ? 200 : 404, later));
            }
            else
            {
                if (_random.Next(2) == 0)
                    After(TimeSpan.FromMilliseconds(_random.Next(1, 3_000)), later => Respond(server, 180, later));
                After(TimeSpan.FromMilliseconds(_random.Next(1, 40_000)), later => Respond(server, _random.Next(3) == 0 ? 486 : 200, later));
            }
        }

        private void Respond(ServerTransaction server, int status, Moment now)
        {
            if (!server.IsAnswered && server.State != TransactionState.Terminated)
                _engine.Respond(server, server.Reply(status), now);
        }

        private void After(TimeSpan span, Action<Moment> action) => _wheel.Schedule(new CallbackTimer(action), _network.Now + span);
    }
}
