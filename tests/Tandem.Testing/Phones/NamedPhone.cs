using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Writing;
using Tandem.Testing.Dns;
using Tandem.Testing.Network;

namespace Tandem.Testing.Phones;

/// <summary>
/// A phone that knows its exchange by name only: it registers where the name leads (RFC 3263), goes on to the next server when one
/// is silent, and answers every call that comes in with 486.
/// </summary>
public sealed class NamedPhone : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly SipEngine _engine;
    private readonly Queue<Action<Moment>> _posted = new();
    private readonly string _domain;
    private readonly string _callId;
    private int _cseq;
    private Moment _now;

    public NamedPhone(VirtualNetwork network, string number, NetAddress address, string domain, DnsZone zone, int seed = 1)
    {
        _network = network;
        _domain = domain;
        _now = network.Now;
        Number = number;
        Address = address;
        _wheel = new TimerWheel(network.Now);
        _engine = new SipEngine(new SipEngineOptions(), _wheel, new Random(seed));
        _engine.Addressing.Set(SipTransportKind.Udp, address.HostText(), address.Port);
        _engine.Locator.Resolver.Connect(zone, _posted.Enqueue);
        _callId = $"{_engine.NewTag()}@{address.HostText()}";
        network.Attach(address, this);
    }

    public string Number { get; }

    public NetAddress Address { get; }

    /// <summary>Final statuses of the REGISTERs, 408 and 503 for what stands for them, each with where the last one went.</summary>
    public List<(int Status, NetAddress Server)> Registered { get; } = [];

    /// <summary>Calls that came in.</summary>
    public int Calls { get; private set; }

    /// <summary>What is still there.</summary>
    public int Leftovers => _engine.ClientTransactions + _engine.ServerTransactions + _wheel.Count;

    public Moment NextDeadline => _posted.Count > 0 ? _network.Now : _wheel.NextDeadline;

    /// <summary>Registers, or refreshes, for an hour.</summary>
    public void Register()
    {
        _now = _network.Now;
        var request = SipWriter.Request(SipMethod.Register, $"sip:{_domain}")
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, $"<sip:{Number}@{_domain}>;tag={_engine.NewTag()}")
            .Header(HeaderName.To, $"<sip:{Number}@{_domain}>")
            .Header(HeaderName.CallId, _callId)
            .Header(HeaderName.CSeq, $"{++_cseq} REGISTER")
            .Header(HeaderName.Contact, $"<sip:{Number}@{Address}>;expires=3600")
            .Finish();
        _engine.Locator.Locate(
            System.Text.Encoding.ASCII.GetBytes($"sip:{_domain}"), _now, (targets, now) => _engine.SendRequest(request, SipMethod.Register, targets, now));
        Settle();
    }

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        _now = now;
        var rejection = SipParser.Parse(PooledBuffer.Copy(datagram), SipLimits.Default, out var message);
        if (message is not null)
            _engine.Receive(new SipInput(message, new SipFlow(SipTransportKind.Udp, to, from), rejection), now);
        Settle();
    }

    public void Advance(Moment now)
    {
        _now = now;
        _wheel.Advance(now);
        while (_posted.TryDequeue(out var action))
            action(now);
        Settle();
    }

    private void Settle()
    {
        while (_engine.TryTakeEvent(out var e))
        {
            if (e.Client is { Method: SipMethod.Register } client)
                OnRegister(e, client.Target.Remote);
            else if (e.Kind == SipEventKind.Request)
                Answer(e);
            e.Message?.Release();
        }

        while (_engine.TryTakePacket(out var packet))
        {
            _network.Send(Address, packet.Target.Remote, packet.Data.Span);
            packet.Data.Release();
        }
    }

    private void OnRegister(in SipEvent e, NetAddress server)
    {
        if (e.Kind == SipEventKind.Response && e.Message!.StatusCode >= 200)
            Registered.Add((e.Message.StatusCode, server));
        else if (e.Kind is SipEventKind.Timeout or SipEventKind.TransportFailed)
            Registered.Add((e.Kind == SipEventKind.Timeout ? 408 : 503, server));
    }

    private void Answer(in SipEvent e)
    {
        var isCall = e.Message!.Method == SipMethod.Invite;
        if (isCall)
            Calls++;
        _engine.Respond(e.Server!, e.Server!.Reply(isCall ? 486 : 200), _now);
    }
}
