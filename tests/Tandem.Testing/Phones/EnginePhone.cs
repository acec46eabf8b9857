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

namespace Tandem.Testing.Phones;

/// <summary>
/// A phone for lossy networks: it runs on a <see cref="SipEngine"/> of its own, so it repeats what gets lost, and behaves as
/// its <see cref="PhonePlan"/> says. At the end it says what it believes about its call.
/// </summary>
public sealed class EnginePhone : INetworkNode
{
    private static readonly byte[] Description = Encoding.UTF8.GetBytes(Sdp.Audio());
    private static readonly byte[] Hold = Encoding.UTF8.GetBytes(Sdp.Audio(direction: "sendonly", version: 2));
    private static readonly byte[] HoldAnswer = Encoding.UTF8.GetBytes(Sdp.Audio(direction: "recvonly", version: 2));

    private const double RingLimit = 90;

    private readonly VirtualNetwork _network;
    private readonly PhonePlan _plan;
    private readonly TimerWheel _wheel;
    private readonly SipEngine _engine;
    private readonly SipFlow _server;
    private readonly CallbackTimer _next;
    private readonly CallbackTimer _later;
    private Action? _nextAction;
    private Action? _laterAction;
    private ClientTransaction? _invite;
    private ClientTransaction? _reinvite;
    private ServerTransaction? _incoming;
    private Dialog? _dialog;
    private Moment _now;

    public EnginePhone(VirtualNetwork network, string number, NetAddress address, NetAddress server, PhonePlan plan, int seed)
    {
        _network = network;
        _plan = plan;
        Number = number;
        Address = address;
        _now = network.Now;
        _wheel = new TimerWheel(network.Now);
        _engine = new SipEngine(new SipEngineOptions { MaxDatagramRequest = 65_535 }, _wheel, new Random(seed));
        _engine.Addressing.Set(SipTransportKind.Udp, address.HostText(), address.Port);
        _server = new SipFlow(SipTransportKind.Udp, address, server);
        _next = new CallbackTimer(_ => _nextAction?.Invoke());
        _later = new CallbackTimer(_ => _laterAction?.Invoke());
        network.Attach(address, this);
    }

    public string Number { get; }

    public NetAddress Address { get; }

    public string ContactUri => $"sip:{Number}@{Address}";

    /// <summary>The phone had a session: it got or gave a 2xx and its ACK was sent or came.</summary>
    public bool WasConnected { get; private set; }

    /// <summary>The phone gave a 2xx to a call; the ACK may have been lost.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Holds that the far side accepted.</summary>
    public int Holds { get; private set; }

    /// <summary>The final status that the caller's phone heard; 0 when none.</summary>
    public int FinalStatus { get; private set; }

    /// <summary>Requests that it asked credentials for.</summary>
    public int Challenged { get; private set; }

    /// <summary>What is still there: dialogs and transactions.</summary>
    public string Leftovers => _engine.Dialogs.Count + _engine.ClientTransactions + _engine.ServerTransactions == 0
        ? ""
        : $"{Number}: dialogs={_engine.Dialogs.Count} client={_engine.ClientTransactions} server={_engine.ServerTransactions}";

    public Moment NextDeadline => _wheel.NextDeadline;

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        _now = now;
        var rejection = SipParser.Parse(PooledBuffer.Copy(datagram), SipLimits.Default, out var message);
        if (message is null)
            return;

        _engine.Receive(new SipInput(message, new SipFlow(SipTransportKind.Udp, to, from), rejection), now);
        Settle();
    }

    public void Advance(Moment now)
    {
        _now = now;
        _wheel.Advance(now);
        Settle();
    }

    /// <summary>Calls <paramref name="number"/>.</summary>
    public void Call(string number)
    {
        _now = _network.Now;
        var host = _server.Remote.HostText();
        var invite = SipWriter.Request(SipMethod.Invite, $"sip:{number}@{host}")
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, $"<sip:{Number}@{host}>;tag={_engine.NewTag()}")
            .Header(HeaderName.To, $"<sip:{number}@{host}>")
            .Header(HeaderName.CallId, $"{_engine.NewTag()}@{Address.HostText()}")
            .Header(HeaderName.CSeq, "1 INVITE")
            .Header(HeaderName.Contact, $"<{ContactUri}>")
            .Header(HeaderName.Allow, _engine.Allow);
        if (_plan.Reliable)
            invite.Header(HeaderName.Supported, "100rel");
        _invite = _engine.SendRequest(invite.Finish("application/sdp"u8, Description), SipMethod.Invite, _server, _now);
        if (_plan.CancelAfter is { } seconds)
            After(seconds, () => _engine.Cancel(_invite, _now));
        Settle();
    }

    /// <summary>Sends a text outside of any dialog.</summary>
    public void SendMessage(string number, string text)
    {
        _now = _network.Now;
        var message = Outside(SipMethod.Message, number);
        _engine.SendRequest(message.Finish("text/plain"u8, Encoding.UTF8.GetBytes(text)), SipMethod.Message, _server, _now);
        Settle();
    }

    private SipWriter Outside(SipMethod method, string number)
    {
        var host = _server.Remote.HostText();
        var writer = SipWriter.Request(method, $"sip:{number}@{host}")
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, $"<sip:{Number}@{host}>;tag={_engine.NewTag()}")
            .Header(HeaderName.To, $"<sip:{number}@{host}>")
            .Header(HeaderName.CallId, $"{_engine.NewTag()}@{Address.HostText()}");
        return writer.Begin(HeaderName.CSeq).Append("1 "u8).Append(SipMethods.Text(method)).End();
    }

    private void Settle()
    {
        while (_engine.TryTakeEvent(out var e))
        {
            if (e.Client is { } client)
                OnClient(e, client);
            else
                OnServer(e, e.Server);
        }

        while (_engine.TryTakePacket(out var packet))
        {
            _network.Send(Address, packet.Target.Remote, packet.Data.Span);
            packet.Data.Release();
        }
    }

    private void OnServer(in SipEvent e, ServerTransaction? server)
    {
        switch (e.Kind)
        {
            case SipEventKind.Request when _plan.Challenges && !e.Message!.Has(HeaderName.ProxyAuthorization):
                Challenged++;
                _engine.Respond(server!, server!.Reply(407).Header(HeaderName.ProxyAuthenticate, "Digest realm=\"provider\", nonce=\"n1\", qop=\"auth\""), _now);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Invite && e.Dialog is null:
                Ring(server!);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Invite:
                Answer(server!, HoldAnswer);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Bye:
                _engine.Respond(server!, server!.Reply(200), _now);
                if (e.Dialog is { } ended)
                    End(ended);
                break;
            case SipEventKind.Request:
                _engine.Respond(server!, server!.Reply(200), _now);
                break;
            case SipEventKind.Ack2xx when !WasConnected:
                // RFC 3261 §15: a callee sends no BYE before the ACK came.
                WasConnected = true;
                Talk();
                break;
            case SipEventKind.Cancelled:
                _nextAction = null;
                _engine.Respond(server!, server!.Reply(487), _now);
                break;
            case SipEventKind.Timeout when server is { IsInvite: true, State: not TransactionState.Completed } && e.Dialog is { } dialog:
                // RFC 3261 §13.3.1.4: the ACK never came.
                Bye(dialog);
                break;
            default:
                break;
        }
    }

    private void OnClient(in SipEvent e, ClientTransaction client)
    {
        if (client.Method == SipMethod.Bye)
        {
            if (e.Kind != SipEventKind.Response || e.Message!.StatusCode >= 200)
                ((Dialog)client.Owner!).Terminate();
            return;
        }

        if (client.Method != SipMethod.Invite)
            return;

        switch (e.Kind)
        {
            case SipEventKind.Response when e.Message!.StatusCode is > 100 and < 200:
                Acknowledge(e.Message, e.Dialog);
                break;
            case SipEventKind.Response when e.Message!.StatusCode is >= 200 and < 300 && e.Dialog is { } dialog:
                OnSuccess(client, dialog);
                break;
            case SipEventKind.Response when e.Message!.StatusCode >= 300:
                if (client == _invite)
                    FinalStatus = e.Message.StatusCode;
                break;
            case SipEventKind.Timeout when client != _invite && _dialog is { } lost:
                Bye(lost);
                break;
            default:
                break;
        }
    }

    private void Acknowledge(SipMessage provisional, Dialog? dialog)
    {
        if (dialog is not null && provisional.RSeq > 0 && dialog.TryAcceptReliable(provisional))
            _engine.SendRequest(dialog.Prack(provisional), SipMethod.Prack, dialog.Flow, _now);
    }

    private void OnSuccess(ClientTransaction client, Dialog dialog)
    {
        _engine.SendAck(dialog, client, dialog.Ack(client.CSeq), dialog.Flow);
        if (client != _invite)
        {
            Holds++;
            return;
        }

        FinalStatus = 200;
        WasConnected = true;
        _dialog = dialog;
        if (client.IsCancelled)
            Bye(dialog);
        else
            Talk();
    }

    private void Ring(ServerTransaction server)
    {
        if (_incoming is not null)
        {
            _engine.Respond(server, server.Reply(486), _now);
            return;
        }

        _incoming = server;
        _engine.Respond(server, server.Reply(180).Header(HeaderName.Contact, $"<{ContactUri}>"), _now);
        if (_plan.AnswerAfter is not { } seconds)
        {
            // A phone that nobody takes off stops ringing by itself. It matters when each of its 180s got lost: then no
            // CANCEL may be sent (RFC 3261 §9.1), and nobody else would ever end this.
            After(RingLimit, () => _engine.Respond(server, server.Reply(480), _now));
            return;
        }

        After(
            seconds,
            () =>
            {
                if (_plan.Refuse)
                {
                    _engine.Respond(server, server.Reply(486), _now);
                    return;
                }

                _dialog = _engine.OpenDialog(server);
                HasAnswered = true;
                Answer(server, Description);
            });
    }

    private void Answer(ServerTransaction server, byte[] sdp)
    {
        if (server.IsAnswered)
            return;

        var response = server.Reply(200).Header(HeaderName.Contact, $"<{ContactUri}>").Header(HeaderName.Allow, _engine.Allow);
        _engine.Respond(server, response.Finish("application/sdp"u8, sdp), _now);
    }

    private void Talk()
    {
        if (_plan.HoldAfter is { } hold)
        {
            _laterAction = () =>
            {
                if (_dialog is { State: DialogState.Confirmed } dialog)
                {
                    var reinvite = dialog.Request(SipMethod.Invite).Header(HeaderName.Contact, $"<{ContactUri}>");
                    _reinvite = _engine.SendRequest(reinvite.Finish("application/sdp"u8, Hold), SipMethod.Invite, dialog.Flow, _now);
                }
            };
            _wheel.Schedule(_later, _now + TimeSpan.FromSeconds(hold));
        }

        if (_plan.HangUpAfter is { } seconds)
        {
            After(
                seconds,
                () =>
                {
                    if (_dialog is { State: DialogState.Confirmed } dialog)
                        Bye(dialog);
                });
        }
    }

    private void Bye(Dialog dialog)
    {
        if (dialog.State == DialogState.Terminated || dialog.Owner is not null)
            return;

        dialog.Owner = this;
        CancelReinvite();
        _engine.SendRequest(dialog.Request(SipMethod.Bye), SipMethod.Bye, dialog.Flow, _now, dialog);
    }

    private void End(Dialog dialog)
    {
        CancelReinvite();
        dialog.Terminate();
        _nextAction = null;
        _laterAction = null;
        _wheel.Cancel(_next);
        _wheel.Cancel(_later);
    }

    // A re-INVITE whose far side is leaving may never get its final response.
    private void CancelReinvite()
    {
        if (_reinvite is not null)
            _engine.Cancel(_reinvite, _now);
    }

    private void After(double seconds, Action action)
    {
        _nextAction = action;
        _wheel.Schedule(_next, _now + TimeSpan.FromSeconds(seconds));
    }
}
