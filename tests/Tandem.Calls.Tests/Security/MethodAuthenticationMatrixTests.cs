using System.Text;
using Tandem.Calls.Events;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Security;

/// <summary>
/// Every method outside a dialog × what the sender knows × the transport (RFC 3261 §22): without credentials nothing acts, and who has some is
/// the extension of the credentials, whatever the headers say. The methods come from the enumeration, so that a new one cannot be forgotten.
/// </summary>
public class MethodAuthenticationMatrixTests
{
    private const string Uri = "sip:101@tandem.example";
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000209, 5060);

    private readonly ExchangeRig _rig = new(credentials: true);
    private readonly List<WireMessage> _answers = [];
    private readonly List<string> _elsewhere = [];
    private int _branch;
    private int _bindingsBefore;

    public enum Proof
    {
        None,
        WrongSecret,
        UnknownUser,
        Replayed,
        Right,
        RightButSomebodyElse,
    }

    public static TheoryData<SipMethod, Proof, SipTransportKind> Rows()
    {
        var rows = new TheoryData<SipMethod, Proof, SipTransportKind>();
        foreach (var method in Enum.GetValues<SipMethod>())
        {
            foreach (var proof in Enum.GetValues<Proof>())
            {
                rows.Add(method, proof, SipTransportKind.Udp);
                rows.Add(method, proof, SipTransportKind.Tcp);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Nothing_acts_without_the_credentials_of_its_sender(SipMethod method, Proof proof, SipTransportKind transport)
    {
        foreach (var shard in _rig.Exchange.Shards)
            shard.Engine.Addressing.Set(SipTransportKind.Tcp, ExchangeRig.ServerAddress.HostText(), ExchangeRig.ServerAddress.Port);
        _rig.Phone("101");
        var bindings = _rig.Exchange.Registrar.Count;
        var flow = new SipFlow(transport, ExchangeRig.ServerAddress, Source, transport == SipTransportKind.Udp ? 0 : 7);

        var mayAct = proof is Proof.Right or Proof.RightButSomebodyElse;
        if (proof != Proof.None)
            Prove(method, proof, flow);
        else
            Send(method, flow, "100", "");

        var statuses = _answers.Select(a => a.Status).Where(s => s != 100).ToArray();
        if (method == SipMethod.Ack)
            Assert.Empty(_answers); // §17: never answered
        else if (NeverActs(method) is var status and > 0)
            Assert.All(statuses, s => Assert.Equal(status, s));
        else if (!mayAct)
            Assert.All(statuses, s => Assert.Contains(s, Challenges(method)));
        else
            CheckSender(method, proof);

        if (method != SipMethod.Ack && !mayAct)
            Assert.NotEmpty(statuses);
        if (!mayAct)
        {
            Assert.Empty(_elsewhere);
            Assert.Empty(_rig.Calls);
            Assert.Equal(proof == Proof.Replayed ? _bindingsBefore : bindings, _rig.Exchange.Registrar.Count);
            Assert.All(_rig.Events.All, e => Assert.IsType<AuthenticationFailed>(e));
        }

        // A stranger leaves nothing behind either (§8.2.7, §26.3.2.4). One whose credentials were right before the replay may.
        if (proof is Proof.None or Proof.WrongSecret or Proof.UnknownUser)
            Assert.All(_rig.Exchange.Shards, s => Assert.Equal(method == SipMethod.Cancel ? s.Engine.ServerTransactions : 0, s.Engine.ServerTransactions));
        Assert.Empty(_rig.Faults);
    }

    // What is answered before anybody is asked for credentials, because it can do nothing: it needs a dialog or a transaction, is not
    // known, or asks what we can do. 0 for the methods that act.
    private int NeverActs(SipMethod method) => method switch
    {
        _ when !_rig.Exchange.Shards[0].Engine.Options.AllowedMethods.Contains(method) => 405,
        SipMethod.Cancel or SipMethod.Bye or SipMethod.Prack or SipMethod.Update or SipMethod.Notify => 481,
        SipMethod.Options => 200,
        SipMethod.Info => 405,
        _ => 0,
    };

    // §22.3: the sender is the user of the credentials; From and P-Asserted-Identity say 102.
    private void CheckSender(SipMethod method, Proof proof)
    {
        // An INVITE rings and a MESSAGE is on its way: then something went out, and no final answer came yet.
        var final = _answers.Count > 0 ? _answers[^1].Status : 0;
        if (method == SipMethod.Register)
            Assert.Equal(proof == Proof.Right ? 200 : 403, final);
        else
            Assert.DoesNotContain(final, new[] { 401, 407, 405, 500 });
        Assert.True(final > 100 || _elsewhere.Count > 0, "the right credentials do something");
        Assert.All(_rig.Calls, call => Assert.Equal("100", call.CallerNumber));
        foreach (var request in _elsewhere.Where(t => t.StartsWith("INVITE", StringComparison.Ordinal) || t.StartsWith("MESSAGE", StringComparison.Ordinal)))
            Assert.DoesNotContain("102@", request, StringComparison.Ordinal);
    }

    // §22.2, §22.3: who answers for the resource itself may ask with 401.
    private static int[] Challenges(SipMethod method) => method switch
    {
        SipMethod.Register => [401],
        SipMethod.Subscribe or SipMethod.Publish => [401, 407],
        _ => [407],
    };

    private void Prove(SipMethod method, Proof proof, SipFlow flow)
    {
        // The challenge: of the method itself, or, where it gives none, of an INVITE.
        Send(method, flow, "100", "");
        var challenge = _answers.FindLast(a => a.Status is 401 or 407);
        if (challenge is null)
        {
            if (method == SipMethod.Ack || NeverActs(method) > 0)
            {
                Send(SipMethod.Invite, flow, "100", "");
                challenge = _answers[^1];
                _answers.Clear();
            }
        }

        Assert.NotNull(challenge);
        var user = proof == Proof.UnknownUser ? "109000" : "100";
        var secret = proof == Proof.WrongSecret ? "guess" : "secret-100";
        var uri = method == SipMethod.Register ? "sip:tandem.example" : Uri;
        var name = NameOf(method);
        var credentials = DigestAnswer.Header(challenge, name, uri, user, secret);
        if (challenge.Status == 407 && method == SipMethod.Register)
            credentials = credentials["Proxy-".Length..];

        _answers.Clear();
        Send(method, flow, proof == Proof.RightButSomebodyElse ? "102" : "100", credentials);
        if (proof != Proof.Replayed)
            return;

        // The same count again, in another request: what the first one did is done, and its call is over.
        foreach (var call in _rig.Calls)
            _rig.Exchange.HangUp(call.Id);
        _rig.Run(70);
        Drain();
        _answers.Clear();
        _elsewhere.Clear();
        _rig.Events.All.Clear();
        _bindingsBefore = _rig.Exchange.Registrar.Count;
        Send(method, flow, "100", credentials);
    }

    private void Send(SipMethod method, SipFlow flow, string from, string credentials)
    {
        var name = NameOf(method);
        var number = method == SipMethod.Register ? from : "101";
        var text = new StringBuilder()
            .Append(name).Append(' ').Append(method == SipMethod.Register ? "sip:tandem.example" : Uri).Append(" SIP/2.0\r\n")
            .Append("Via: SIP/2.0/").Append(flow.Transport == SipTransportKind.Udp ? "UDP" : "TCP").Append($" 192.0.2.9:5060;branch=z9hG4bKm{_branch}\r\n")
            .Append("Max-Forwards: 70\r\n")
            .Append($"From: <sip:{from}@tandem.example>;tag=m{_branch}\r\nTo: <sip:{number}@tandem.example>\r\n")
            .Append($"Call-ID: matrix-{_branch++}\r\nCSeq: 1 {name}\r\nContact: <sip:x@192.0.2.9>\r\n")
            .Append("P-Asserted-Identity: <sip:102@tandem.example>\r\nP-Preferred-Identity: <sip:102@tandem.example>\r\n")
            .Append("Event: dialog\r\nExpires: 300\r\nRefer-To: <sip:103@tandem.example>\r\n");
        if (credentials.Length > 0)
            text.Append(credentials).Append("\r\n");
        text.Append("Content-Length: 0\r\n\r\n");
        Assert.Equal(SipRejection.None, SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(text.ToString())), SipLimits.Default, out var message));
        var shard = _rig.Exchange.Shards[ShardSelector.Pick(message!, _rig.Exchange.Shards.Count)];
        shard.Receive(new SipInput(message, flow), _rig.Network.Now);
        Drain();
    }

    private void Drain()
    {
        foreach (var shard in _rig.Exchange.Shards)
        {
            shard.Advance(_rig.Network.Now);
            while (shard.TryTakePacket(out var packet))
            {
                var text = Encoding.UTF8.GetString(packet.Data.Span);
                if (packet.Target.Remote == Source && text.StartsWith("SIP/2.0", StringComparison.Ordinal))
                    _answers.Add(WireMessage.Parse(packet.Data.Span));
                else
                    _elsewhere.Add(text);
                packet.Data.Release();
            }
        }
    }

    private static string NameOf(SipMethod method) => method == SipMethod.Unknown ? "FANCY" : method.ToString().ToUpperInvariant();
}
