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
/// A phone with several lines for lossy networks, on a <see cref="SipEngine"/> of its own. It answers what comes as told, takes every
/// change of a session, and knows of each line where it sends its media, so that a test can ask who talks to whom.
/// </summary>
public sealed class DeskPhone : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly SipEngine _engine;
    private readonly SipFlow _server;
    private readonly List<PhoneLine> _lines = [];
    private readonly int _firstPort;
    private Moment _now;

    public DeskPhone(VirtualNetwork network, string number, NetAddress address, NetAddress server, int seed, int firstPort)
    {
        _network = network;
        _firstPort = firstPort;
        _now = network.Now;
        Number = number;
        Address = address;
        _wheel = new TimerWheel(network.Now);
        _engine = new SipEngine(new SipEngineOptions { MaxDatagramRequest = 65_535, AllowedMethods = [.. Enum.GetValues<SipMethod>()] }, _wheel, new Random(seed));
        _engine.Addressing.Set(SipTransportKind.Udp, address.HostText(), address.Port);
        _server = new SipFlow(SipTransportKind.Udp, address, server);
        network.Attach(address, this);
    }

    public string Number { get; }

    public NetAddress Address { get; }

    public string ContactUri => $"sip:{Number}@{Address}";

    /// <summary>Seconds until an incoming call is answered; null for never.</summary>
    public double? AnswersAfter { get; set; } = 0.5;

    /// <summary>The status that incoming calls get instead; 0 for none.</summary>
    public int Refuses { get; set; }

    /// <summary>The status that changes of a session get instead of 200; 0 for none.</summary>
    public int RefusesChanges { get; set; }

    /// <summary>The lines that talk.</summary>
    public IEnumerable<PhoneLine> Talking => _lines.Where(l => l.Dialog is { State: DialogState.Confirmed } && !l.IsEnding);

    public IReadOnlyList<PhoneLine> Lines => _lines;

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

    /// <summary>Runs something on the phone after a time.</summary>
    public void After(double seconds, Action action)
    {
        _now = _network.Now;
        _wheel.Schedule(
            new CallbackTimer(_ =>
            {
                action();
                Settle();
            }),
            _now + TimeSpan.FromSeconds(seconds));
    }

    public PhoneLine Call(string number)
    {
        var host = _server.Remote.HostText();
        var line = NewLine();
        var invite = SipWriter.Request(SipMethod.Invite, $"sip:{number}@{host}")
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, $"<sip:{Number}@{host}>;tag={_engine.NewTag()}")
            .Header(HeaderName.To, $"<sip:{number}@{host}>")
            .Header(HeaderName.CallId, $"{_engine.NewTag()}@{Address.HostText()}")
            .Header(HeaderName.CSeq, "1 INVITE")
            .Header(HeaderName.Contact, $"<{ContactUri}>")
            .Header(HeaderName.Allow, _engine.Allow);
        line.Invite = _engine.SendRequest(invite.Finish("application/sdp"u8, Describe(line, "sendrecv")), SipMethod.Invite, _server, _now, line);
        return line;
    }

    /// <summary>Puts the far side on hold.</summary>
    public void Hold(PhoneLine line)
    {
        if (line.Dialog is not { State: DialogState.Confirmed } dialog || line.IsEnding)
            return;

        var reinvite = dialog.Request(SipMethod.Invite).Header(HeaderName.Contact, $"<{ContactUri}>");
        line.Change = _engine.SendRequest(reinvite.Finish("application/sdp"u8, Describe(line, "sendonly")), SipMethod.Invite, dialog.Flow, _now, line);
    }

    /// <summary>Asks for a transfer of the line's partner to <paramref name="referTo"/>.</summary>
    public void Refer(PhoneLine line, string referTo)
    {
        if (line.Dialog is not { State: DialogState.Confirmed } dialog || line.IsEnding)
            return;

        var refer = dialog.Request(SipMethod.Refer).Header(HeaderName.Contact, $"<{ContactUri}>").Header(HeaderName.ReferTo, referTo);
        _engine.SendRequest(refer, SipMethod.Refer, dialog.Flow, _now, line);
    }

    /// <summary>The Refer-To of an attended transfer to the partner of <paramref name="line"/>.</summary>
    public static string ReferTo(PhoneLine line)
    {
        var dialog = line.Dialog!;
        var replaces = $"{Text(dialog.CallId)};to-tag={Text(dialog.RemoteTag)};from-tag={Text(dialog.LocalTag)}";
        return $"<{Text(dialog.RemoteTarget)}?Replaces={Uri.EscapeDataString(replaces)}>";
    }

    public void HangUp(PhoneLine line)
    {
        if (line.Dialog is not { State: not DialogState.Terminated } dialog || line.IsEnding)
            return;

        // RFC 3261 §15: a callee waits for the ACK.
        if (line.WaitsForAck)
        {
            line.HangsUpAfterAck = true;
            return;
        }

        line.IsEnding = true;
        if (line.Change is not null)
            _engine.Cancel(line.Change, _now);
        _engine.SendRequest(dialog.Request(SipMethod.Bye), SipMethod.Bye, dialog.Flow, _now, line);
    }

    /// <summary>Cancels the calls that nobody has answered yet (RFC 3261 §9.1).</summary>
    public void GiveUp()
    {
        foreach (var line in _lines)
        {
            if (line.Invite is { } invite && line.Dialog is not { State: DialogState.Confirmed or DialogState.Terminated })
                _engine.Cancel(invite, _now);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private PhoneLine NewLine()
    {
        var line = new PhoneLine(_firstPort + (_lines.Count * 2));
        _lines.Add(line);
        return line;
    }

    private static byte[] Describe(PhoneLine line, string direction) =>
        Encoding.UTF8.GetBytes(Sdp.Audio(port: line.LocalPort, direction: direction, version: ++line.Version));

    private void Settle()
    {
        while (_engine.TryTakeEvent(out var e))
        {
            if (e.Client is { Owner: PhoneLine line } client)
                OnClient(e, client, line);
            else if (e.Client is null)
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
        var line = (e.Dialog?.Owner ?? server?.Owner) as PhoneLine;
        switch (e.Kind)
        {
            case SipEventKind.Request when e.Message!.Method == SipMethod.Invite && e.Dialog is null:
                Ring(server!, e.Message);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Invite && line is not null:
                TakeChange(server!, e.Message, line);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Bye:
                _engine.Respond(server!, server!.Reply(200), _now);
                if (line is not null)
                    End(line);
                break;
            case SipEventKind.Request when e.Message!.Method == SipMethod.Notify && line is not null:
                line.Heard = e.Message.BodyMemory.ToArray() is var body ? Encoding.UTF8.GetString(body).Split(' ')[1] : "";
                _engine.Respond(server!, server!.Reply(200), _now);
                break;
            case SipEventKind.Request:
                _engine.Respond(server!, server!.Reply(200), _now);
                break;
            case SipEventKind.Ack2xx when line is not null:
                line.WaitsForAck = false;
                if (line.HangsUpAfterAck)
                    HangUp(line);
                break;
            case SipEventKind.Cancelled:
                _engine.Respond(server!, server!.Reply(487), _now);
                break;
            case SipEventKind.Timeout when line is not null && server is { IsInvite: true, State: not TransactionState.Completed }:
                line.WaitsForAck = false;
                HangUp(line);
                break;
            default:
                break;
        }
    }

    private void OnClient(in SipEvent e, ClientTransaction client, PhoneLine line)
    {
        if (client.Method == SipMethod.Bye)
        {
            if (e.Kind != SipEventKind.Response || e.Message!.StatusCode >= 200)
                line.Dialog?.Terminate();
            return;
        }

        if (client.Method != SipMethod.Invite)
            return;

        if (e.Kind == SipEventKind.Response && e.Message!.StatusCode is >= 200 and < 300 && e.Dialog is { } dialog)
        {
            _engine.SendAck(dialog, client, dialog.Ack(client.CSeq), dialog.Flow);
            if (line.IsEnding || (line.Dialog is not null && line.Dialog != dialog))
                return;

            line.Dialog = dialog;
            dialog.Owner = line;
            line.RemotePort = Sdp.PortOf(Encoding.UTF8.GetString(e.Message.Body));
            if (client == line.Change)
                line.Change = null;
            if (client.IsCancelled)
                HangUp(line);
        }
        else if (e.Kind == SipEventKind.Response && e.Message!.StatusCode >= 300 && client == line.Change)
        {
            line.Change = null;
        }
        else if (e.Kind == SipEventKind.Timeout && client == line.Change)
        {
            line.Change = null;
            HangUp(line);
        }
    }

    private void Ring(ServerTransaction server, SipMessage invite)
    {
        if (Refuses > 0)
        {
            _engine.Respond(server, server.Reply(Refuses), _now);
            return;
        }

        _engine.Respond(server, server.Reply(180).Header(HeaderName.Contact, $"<{ContactUri}>"), _now);
        var remote = Sdp.PortOf(Encoding.UTF8.GetString(invite.Body));
        After(
            AnswersAfter ?? 90,
            () =>
            {
                if (server.IsAnswered)
                    return;

                if (AnswersAfter is null)
                {
                    _engine.Respond(server, server.Reply(480), _now);
                    return;
                }

                var line = NewLine();
                line.Dialog = _engine.OpenDialog(server);
                line.Dialog!.Owner = line;
                line.RemotePort = remote;
                Accept(server, line, "sendrecv");
            });
    }

    private void TakeChange(ServerTransaction server, SipMessage invite, PhoneLine line)
    {
        if (line.IsEnding || RefusesChanges > 0 || line.Change is not null)
        {
            _engine.Respond(server, server.Reply(line.IsEnding ? 481 : line.Change is not null ? 491 : RefusesChanges), _now);
            return;
        }

        var offer = Encoding.UTF8.GetString(invite.Body);
        line.RemotePort = Sdp.PortOf(offer);
        Accept(server, line, Sdp.DirectionOf(offer) == "sendonly" ? "recvonly" : "sendrecv");
    }

    private void Accept(ServerTransaction server, PhoneLine line, string direction)
    {
        line.WaitsForAck = true;
        var response = server.Reply(200).Header(HeaderName.Contact, $"<{ContactUri}>").Header(HeaderName.Allow, _engine.Allow);
        _engine.Respond(server, response.Finish("application/sdp"u8, Describe(line, direction)), _now);
    }

    private void End(PhoneLine line)
    {
        line.IsEnding = true;
        if (line.Change is not null)
            _engine.Cancel(line.Change, _now);

        // A subscription may still use the dialog (RFC 5057 §4.2): its NOTIFYs get their 200 for as long as it can last.
        var dialog = line.Dialog!;
        After(line.Heard.Length > 0 ? 40 : 0.001, dialog.Terminate);
    }
}
