using System.Globalization;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;
using Tandem.Testing.Network;

namespace Tandem.Testing.Phones;

/// <summary>
/// A phone that watches something over a network that loses messages: it runs on a <see cref="SipEngine"/> of its own, answers every
/// NOTIFY of its dialog, and remembers the body of the one that came last in the order of the notifier.
/// </summary>
public sealed class EngineWatcher : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly SipEngine _engine;
    private readonly SipFlow _server;
    private readonly string _number;
    private string _target = "";
    private string _from = "";
    private string _to = "";
    private string _callId = "";
    private string _package = "";
    private string _toTag = "";
    private int _cseq;
    private uint _lastNotify;
    private Moment _now;

    public EngineWatcher(VirtualNetwork network, string number, NetAddress address, NetAddress server, int seed)
    {
        _network = network;
        _number = number;
        Address = address;
        _now = network.Now;
        _wheel = new TimerWheel(network.Now);
        _engine = new SipEngine(
            new SipEngineOptions { MaxDatagramRequest = 65_535, AllowedMethods = [SipMethod.Notify, SipMethod.Subscribe] }, _wheel, new Random(seed));
        _engine.Addressing.Set(SipTransportKind.Udp, address.HostText(), address.Port);
        _server = new SipFlow(SipTransportKind.Udp, address, server);
        network.Attach(address, this);
    }

    public NetAddress Address { get; }

    /// <summary>It got a 2xx and was not told the end.</summary>
    public bool IsWatching { get; private set; }

    /// <summary>The last document.</summary>
    public string LastBody { get; private set; } = "";

    /// <summary>What is still there.</summary>
    public string Leftovers => _engine.ClientTransactions + _engine.ServerTransactions == 0
        ? ""
        : $"{Address}: client={_engine.ClientTransactions} server={_engine.ServerTransactions}";

    public Moment NextDeadline => _wheel.NextDeadline;

    public void Subscribe(string number, string package, int seconds)
    {
        var host = _server.Remote.HostText();
        _package = package;
        _target = $"sip:{number}@{host}";
        _to = $"<sip:{number}@{host}>";
        _from = $"<sip:{_number}@{host}>;tag={_engine.NewTag()}";
        _callId = $"{_engine.NewTag()}@{Address.HostText()}";
        Send(seconds);
    }

    /// <summary>Subscribes again in the dialog; nothing when it has none.</summary>
    public void Refresh(int seconds)
    {
        if (IsWatching)
            Send(seconds);
    }

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        _now = now;
        var rejection = SipParser.Parse(PooledBuffer.Copy(datagram), SipLimits.Default, out var message);
        if (message is null)
            return;

        // The engine knows no dialog that a SUBSCRIBE opened: the NOTIFY of ours is answered by hand.
        if (message.IsRequest && message.Method == SipMethod.Notify)
            OnNotify(message);
        else
            _engine.Receive(new SipInput(message, new SipFlow(SipTransportKind.Udp, to, from), rejection), now);
        Settle();
    }

    public void Advance(Moment now)
    {
        _now = now;
        _wheel.Advance(now);
        Settle();
    }

    private void Send(int seconds)
    {
        _now = _network.Now;
        var request = SipWriter.Request(SipMethod.Subscribe, _target)
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, _from)
            .Header(HeaderName.To, _toTag.Length == 0 ? _to : $"{_to};tag={_toTag}")
            .Header(HeaderName.CallId, _callId)
            .Header(HeaderName.CSeq, string.Create(CultureInfo.InvariantCulture, $"{++_cseq} SUBSCRIBE"))
            .Header(HeaderName.Contact, $"<sip:{_number}@{Address}>")
            .Header(HeaderName.Event, _package)
            .Header(HeaderName.Expires, seconds);
        _engine.SendRequest(request, SipMethod.Subscribe, _server, _now);
        Settle();
    }

    private void OnNotify(SipMessage notify)
    {
        var isOurs = Encoding.ASCII.GetString(notify.CallId) == _callId;
        var response = SipResponses.To(notify, isOurs ? 200 : 481).Finish();
        _network.Send(Address, _server.Remote, response.Span);
        response.Release();
        if (!isOurs || notify.CSeq <= _lastNotify)
            return;

        _lastNotify = notify.CSeq;
        if (notify.Body.Length > 0)
            LastBody = Encoding.UTF8.GetString(notify.Body);
        if (notify.TryGetHeader(HeaderName.SubscriptionState, out var state) && state.StartsWith("terminated"u8))
            IsWatching = false;
    }

    private void Settle()
    {
        while (_engine.TryTakeEvent(out var e))
        {
            if (e.Kind != SipEventKind.Response || e.Message is not { } response)
                continue;

            if (response.StatusCode is >= 200 and < 300)
            {
                if (_toTag.Length == 0)
                {
                    _toTag = Encoding.ASCII.GetString(response.ToTag);
                    IsWatching = true;
                }

                if (response.TryGetContact(out var contact))
                    _target = Encoding.UTF8.GetString(contact.Uri);
            }
            else if (response.StatusCode == 481)
            {
                IsWatching = false;
            }
        }

        while (_engine.TryTakePacket(out var packet))
        {
            _network.Send(Address, packet.Target.Remote, packet.Data.Span);
            packet.Data.Release();
        }
    }
}
