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

namespace Tandem.Fuzz.Targets;

/// <summary>
/// The transaction and dialog machines: each input is a program, two bytes a step (what happens, and to which). At the end time runs out
/// and everything must be gone: no transaction, no dialog, no timer, and no server transaction has sent two different final responses.
/// </summary>
internal static class MachineTarget
{
    private const int MaxSteps = 200;

    public static int Run(byte[] input) => new Bench().Play(input.AsSpan(0, Math.Min(input.Length, MaxSteps * 2)));

    private sealed class Bench
    {
        private static readonly string[] Methods = ["INVITE", "OPTIONS", "BYE", "UPDATE", "INFO", "PRACK", "CANCEL", "ACK", "REGISTER", "NOTIFY"];
        private static readonly int[] Statuses = [100, 180, 183, 200, 202, 302, 404, 481, 487, 500, 503, 603];
        private static readonly SipFlow Udp = new(SipTransportKind.Udp, NetAddress.FromV4(0xC0000201, 5060), NetAddress.FromV4(0xC6336407, 5060));
        private static readonly SipFlow Tcp = new(SipTransportKind.Tcp, NetAddress.FromV4(0xC0000201, 5060), NetAddress.FromV4(0xC6336407, 5060), 7);

        private readonly TimerWheel _wheel = new(Moment.Zero);
        private readonly SipEngine _engine;
        private readonly List<ServerTransaction> _servers = [];
        private readonly List<ClientTransaction> _clients = [];
        private readonly List<Dialog> _dialogs = [];
        private readonly List<byte[]> _requestsSent = [];
        private readonly List<byte[]> _received = [];
        private readonly List<long> _tags = [];
        private readonly Dictionary<ServerTransaction, int> _finals = [];
        private readonly HashSet<int> _kinds = [];
        private Moment _now = Moment.Zero;
        private uint _cseq = 100;

        public Bench()
        {
            _engine = new SipEngine(SipEngineOptions.Default with { MaxServerTransactions = 64, MaxClientTransactions = 64, MaxDialogs = 32 }, _wheel, new Random(1));
            _engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.1", 5060);
            _engine.Addressing.Set(SipTransportKind.Tcp, "192.0.2.1", 5060);
        }

        public int Play(ReadOnlySpan<byte> program)
        {
            for (var i = 0; i + 1 < program.Length; i += 2)
            {
                Step(program[i] % 13, program[i + 1]);
                Drain();
                Check.That(_engine.ServerTransactions <= 64 && _engine.ClientTransactions <= 64 && _engine.Dialogs.Count <= 256, "a table without bound");
            }

            End();
            var signature = new HashCode();
            foreach (var kind in _kinds.Order())
                signature.Add(kind);
            return signature.ToHashCode();
        }

        private void Step(int what, int which)
        {
            switch (what)
            {
                case 0:
                    Wait(which * which);
                    break;
                case 1:
                    Wait(which * 200);
                    break;
                case 2:
                case 3:
                    Receive(Request(Methods[which % Methods.Length], which, which & 3), which >= 128 ? Tcp : Udp);
                    break;
                case 4 when _dialogs.Count > 0:
                    var dialog = _dialogs[which % _dialogs.Count];
                    Receive(
                        Request(Methods[which / 16 % Methods.Length], 1_000 + which, 0, Encoding.ASCII.GetString(dialog.CallId), Encoding.ASCII.GetString(dialog.RemoteTag), Encoding.ASCII.GetString(dialog.LocalTag), which),
                        dialog.Flow);
                    break;
                case 5 when _received.Count > 0:
                    Receive(_received[which % _received.Count], Udp);
                    break;
                case 6 when _servers.Count > 0:
                    Answer(_servers[which % _servers.Count], Statuses[which / 8 % Statuses.Length]);
                    break;
                case 7 when _servers.Count > 0:
                    var invite = _servers[which % _servers.Count];
                    if (invite is { IsInvite: true, Request: not null })
                        _kinds.Add(_engine.RespondReliably(invite, invite.Reply(183), default, default, _now) ? 100 : 101);
                    break;
                case 8:
                    Send(which);
                    break;
                case 9 when _requestsSent.Count > 0:
                    Receive(Response(_requestsSent[which % _requestsSent.Count], Statuses[which / 8 % Statuses.Length], which % 3), which >= 128 ? Tcp : Udp);
                    break;
                case 10 when _clients.Count > 0:
                    _kinds.Add(_engine.Cancel(_clients[which % _clients.Count], _now) ? 102 : 103);
                    break;
                case 11 when _tags.Count > 0:
                    _engine.TransportFailed(_tags[which % _tags.Count], _now);
                    break;
                case 12 when _dialogs.Count > 0:
                    _dialogs[which % _dialogs.Count].Terminate();
                    break;
            }
        }

        private void Wait(int milliseconds)
        {
            _now += TimeSpan.FromMilliseconds(milliseconds);
            _wheel.Advance(_now);
        }

        private void Receive(byte[] bytes, SipFlow flow)
        {
            if (_received.Count < 64)
                _received.Add(bytes);

            var rejection = SipParser.Parse(PooledBuffer.Copy(bytes), SipLimits.Default, out var message);
            _engine.Receive(new SipInput(message, flow, rejection), _now);
        }

        private void Answer(ServerTransaction server, int status)
        {
            if (server.Request is null)
                return;

            // The user sends one kind of success only, as RFC 6026 allows it no other.
            status = status is > 200 and < 300 ? 200 : status;
            if (!_engine.Respond(server, server.Reply(status), _now) || status < 200)
                return;

            Check.That(!_finals.TryGetValue(server, out var before) || before == status, $"a final {status} after {before}");
            _finals[server] = status;
            _kinds.Add(200 + (status / 100));
        }

        private void Send(int which)
        {
            var method = (which % 3) switch { 0 => SipMethod.Invite, 1 => SipMethod.Options, _ => SipMethod.Update };
            SipWriter writer;
            if (method == SipMethod.Update && _dialogs.Count > 0)
            {
                writer = _dialogs[which % _dialogs.Count].Request(which % 2 == 0 ? SipMethod.Bye : SipMethod.Update);
                method = which % 2 == 0 ? SipMethod.Bye : SipMethod.Update;
            }
            else
            {
                writer = SipWriter.Request(method, "sip:bob@198.51.100.7").Header(HeaderName.From, "<sip:us@192.0.2.1>;tag=us" + which)
                    .Header(HeaderName.To, "<sip:bob@198.51.100.7>").Header(HeaderName.CallId, "out-" + which)
                    .Begin(HeaderName.CSeq).Append(++_cseq).Append(" ").Append(SipMethods.Text(method)).End().Header(HeaderName.Contact, "<sip:us@192.0.2.1>");
            }

            _clients.Add(_engine.SendRequest(writer, method, which >= 128 ? Tcp : Udp, _now));
        }

        private void Drain()
        {
            while (_engine.TryTakeEvent(out var e))
            {
                _kinds.Add((int)e.Kind);
                if (e.Server is { } server && !_servers.Contains(server))
                    _servers.Add(server);
                if (e.Dialog is { } dialog && !_dialogs.Contains(dialog))
                    _dialogs.Add(dialog);
                if (e is { Kind: SipEventKind.Timeout, Dialog: { } lost })
                    lost.Terminate();
                if (e is { Kind: SipEventKind.Response, Client: { IsInvite: true } invite, Dialog: { } confirmed, Message: { StatusCode: >= 200 and < 300 } } && _clients.Contains(invite))
                    _engine.SendAck(confirmed, invite, confirmed.Ack(invite.CSeq), confirmed.Flow);
                e.Message?.Release();
            }

            while (_engine.TryTakePacket(out var packet))
            {
                if (packet.Tag != 0 && _tags.Count < 64)
                    _tags.Add(packet.Tag);
                if (!packet.Data.Span.StartsWith("SIP/2.0"u8) && _requestsSent.Count < 64)
                    _requestsSent.Add(packet.Data.Span.ToArray());
                packet.Data.Release();
            }
        }

        // Everybody goes home: what waits for the user is answered, what waits for the peer is cancelled, and time runs out.
        private void End()
        {
            for (var round = 0; round < 4; round++)
            {
                foreach (var server in _servers.ToArray())
                {
                    if (!server.IsAnswered && server.State != TransactionState.Terminated)
                        Answer(server, 500);
                }

                foreach (var client in _clients.ToArray())
                    _engine.Cancel(client, _now);
                foreach (var dialog in _dialogs.ToArray())
                    dialog.Terminate();
                for (var i = 0; i < 50; i++)
                {
                    Drain();
                    Wait(1_000);
                }

                Drain();
            }

            Check.That(_engine.ServerTransactions == 0, $"{_engine.ServerTransactions} server transactions are left");
            Check.That(_engine.ClientTransactions == 0, $"{_engine.ClientTransactions} client transactions are left");
            Check.That(_engine.Dialogs.Count == 0, $"{_engine.Dialogs.Count} dialogs are left");
            Check.That(_wheel.Count == 0, $"{_wheel.Count} timers are left");
        }

        private static byte[] Request(string method, int branch, int call, string? callId = null, string fromTag = "peer", string toTag = "", int cseq = -1) => Encoding.ASCII.GetBytes(
            $"{method} sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK{branch % 24}\r\nMax-Forwards: 70\r\nFrom: <sip:bob@example.com>;tag={fromTag}\r\n"
            + $"To: <sip:100@example.com>{(toTag.Length > 0 ? ";tag=" + toTag : "")}\r\nCall-ID: {callId ?? "in-" + call}\r\nCSeq: {(cseq < 0 ? 1 + (branch / 64) : cseq)} {method}\r\n"
            + $"Contact: <sip:bob@198.51.100.7:5060>\r\nSupported: 100rel\r\n{(method == "PRACK" ? $"RAck: {branch % 3} 1 INVITE\r\n" : "")}Content-Length: 0\r\n\r\n");

        private static byte[] Response(byte[] request, int status, int tag)
        {
            var lines = Encoding.ASCII.GetString(request).Split("\r\n");
            var kept = lines.Skip(1).Where(l => l.StartsWith("Via:", StringComparison.Ordinal) || l.StartsWith("From:", StringComparison.Ordinal)
                || l.StartsWith("Call-ID:", StringComparison.Ordinal) || l.StartsWith("CSeq:", StringComparison.Ordinal));
            var to = lines.First(l => l.StartsWith("To:", StringComparison.Ordinal));
            if (!to.Contains(";tag=", StringComparison.Ordinal) && status > 100)
                to += ";tag=peer" + tag;
            return Encoding.ASCII.GetBytes(
                $"SIP/2.0 {status} x\r\n{string.Join("\r\n", kept)}\r\n{to}\r\nContact: <sip:bob@198.51.100.7:5060>\r\n"
                + (status is 183 ? "Require: 100rel\r\nRSeq: 1\r\n" : "") + "Content-Length: 0\r\n\r\n");
        }
    }
}
