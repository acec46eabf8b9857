using System.Net;
using System.Text;
using Tandem.Calls.Edge;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Edge;

/// <summary>The edge between node B and a phone on a connection of this node (RFC 5626 §5, RFC 3261 §16.11).</summary>
public class EdgeProxyTests
{
    private const string Invite = "INVITE sip:101@10.1.1.1:4000;transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP 198.51.100.2:5060;branch=z9hG4bKb1\r\nRoute: ROUTE\r\nRoute: <sip:inner.example;lr>\r\nMax-Forwards: 70\r\n"
        + "From: <sip:100@tandem>;tag=b\r\nTo: <sip:101@tandem>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContact: <sip:100@198.51.100.2:5060;transport=tcp>\r\nContent-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n";

    private const string Bye = "BYE sip:100@198.51.100.2:5060;transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP 10.1.1.1:4000;branch=z9hG4bKp1\r\nRoute: ROUTE\r\nMax-Forwards: 70\r\n"
        + "From: <sip:101@tandem>;tag=p\r\nTo: <sip:100@tandem>;tag=b\r\nCall-ID: c1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";

    private static readonly NetAddress Here = Address("198.51.100.1", 5060);
    private static readonly SipFlow Phone = new(SipTransportKind.Tcp, Here, Address("203.0.113.9", 40_001), 17);
    private static readonly SipFlow Node = new(SipTransportKind.Tcp, Here, Address("198.51.100.2", 51_000), 23);
    private static readonly Moment Now = Moment.Zero + TimeSpan.FromHours(1);

    private readonly EpochClock _clock = new();
    private readonly HashSet<long> _closed = [];
    private readonly EdgeService _service;
    private readonly EdgeProxy _proxy;
    private readonly string _route;

    public EdgeProxyTests()
    {
        _service = new EdgeService(EdgeOptions.Default, new Secret("a secret of the nodes"), "here", new Nodes()) { Address = Here };
        var registrar = new RegistrarTable(1) { ConnectionState = connection => !_closed.Contains(connection) };
        var addressing = new SipAddressing { Choose = _ => Here };
        _proxy = new EdgeProxy(_service, addressing, registrar, _clock, new Random(1));
        _route = _service.RouteTo(Binding(Phone))!;
    }

    [Fact]
    public void An_invite_of_a_node_goes_over_the_connection_of_the_phone()
    {
        var (target, text) = Assert.Single(Pass(Signed(Invite), Node));

        Assert.Equal(Phone, target);
        var lines = text.Split("\r\n");
        Assert.Equal("INVITE sip:101@10.1.1.1:4000;transport=tcp SIP/2.0", lines[0]);
        Assert.StartsWith("Via: SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bKtne", lines[1], StringComparison.Ordinal);
        Assert.Equal($"Record-Route: {_route}, {_route}", lines[2]);
        Assert.Equal("Max-Forwards: 69", lines[3]);
        Assert.Equal("Route: <sip:inner.example;lr>", lines[4]);
        Assert.StartsWith("Via: SIP/2.0/TCP 198.51.100.2:5060;branch=z9hG4bKb1;tns=", lines[5], StringComparison.Ordinal);
        Assert.Equal(["Content-Length: 4", "", "v=0\n"], lines[^3..]);
        Assert.Equal(1, _service.Counters.ToPhones);
    }

    // RFC 3261 §16.11: a CANCEL, and an ACK of a failure, must meet the INVITE at the phone, and so must a repetition.
    [Fact]
    public void What_belongs_to_one_transaction_has_one_branch()
    {
        var branches = new[] { "1 INVITE", "1 CANCEL", "1 ACK" }.Select(cseq =>
        {
            var method = cseq[2..];
            var text = Assert.Single(Pass(Signed(Invite.Replace("1 INVITE", cseq, StringComparison.Ordinal).Replace("INVITE sip", method + " sip", StringComparison.Ordinal)), Node)).Text;
            return text.Split("\r\n")[1];
        });
        Assert.Single(branches.Distinct());
        var other = Assert.Single(Pass(Signed(Invite.Replace("z9hG4bKb1", "z9hG4bKb2", StringComparison.Ordinal)), Node)).Text.Split("\r\n")[1];
        Assert.DoesNotContain(other, branches);
    }

    [Fact]
    public void A_response_of_the_phone_goes_back_over_the_connection_of_the_node()
    {
        var invite = Assert.Single(Pass(Signed(Invite), Node)).Text;
        var (target, text) = Assert.Single(Pass(ResponseTo(invite), Phone));

        Assert.Equal(Node, target);
        Assert.StartsWith("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 198.51.100.2:5060;branch=z9hG4bKb1;tns=", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("Via: ").Length - 1);
        Assert.Contains($"Record-Route: {_route}, {_route}\r\n", text, StringComparison.Ordinal);
    }

    // RFC 3261 §18.2.2
    [Fact]
    public void A_response_for_a_connection_that_is_gone_opens_another_to_the_node()
    {
        var invite = Assert.Single(Pass(Signed(Invite), Node)).Text;
        _closed.Add(Node.Connection);
        Assert.Equal(new SipFlow(SipTransportKind.Tcp, default, Address("198.51.100.2", 5060)), Assert.Single(Pass(ResponseTo(invite), Phone)).Target);
    }

    [Fact]
    public void A_request_of_the_phone_in_the_dialog_goes_to_the_node_and_its_response_back()
    {
        var (target, bye) = Assert.Single(Pass(Bye.Replace("ROUTE", $"{_route}, {_route}", StringComparison.Ordinal), Phone));
        Assert.Equal(new SipFlow(SipTransportKind.Tcp, default, Address("198.51.100.2", 5060)), target);
        Assert.DoesNotContain("Route:", bye, StringComparison.Ordinal);
        Assert.Equal(Phone, Assert.Single(Pass(ResponseTo(bye), Node)).Target);
        Assert.Equal((1, 1), (_service.Counters.ToNodes, _service.Counters.Responses));
    }

    // RFC 5626 §5.3.1
    [Fact]
    public void A_phone_whose_connection_is_gone_is_told_of_with_430()
    {
        _closed.Add(Phone.Connection);
        var (target, text) = Assert.Single(Pass(Signed(Invite), Node));
        Assert.Equal(Node, target);
        Assert.StartsWith("SIP/2.0 430 Flow Failed\r\n", text, StringComparison.Ordinal);
        Assert.Equal(1, _service.Counters.FlowsGone);
    }

    [Fact]
    public void A_request_without_hops_left_is_answered_483()
    {
        var (_, text) = Assert.Single(Pass(Signed(Invite.Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal)), Node));
        Assert.StartsWith("SIP/2.0 483 ", text, StringComparison.Ordinal);
    }

    // No open relay: who is no node reaches no phone, and a phone reaches nodes alone, in dialogs alone.
    [Fact]
    public void Who_does_not_prove_itself_gets_nothing_through()
    {
        var signed = Signed(Invite);
        var stranger = Node with { Remote = Address("203.0.113.66", 5060) };
        var plain = Invite.Replace("ROUTE", _route, StringComparison.Ordinal);
        Assert.Empty(Pass(signed, stranger));
        Assert.Empty(Pass(plain, Node));
        Assert.Empty(Pass(plain, stranger));
        Assert.Empty(Pass(signed.Replace("v=0", "v=1", StringComparison.Ordinal), Node));
        Assert.Empty(Pass(Bye.Replace("ROUTE", _route, StringComparison.Ordinal).Replace("198.51.100.2:5060", "203.0.113.66:5060", StringComparison.Ordinal), Phone));
        Assert.Empty(Pass(Bye.Replace("ROUTE", _route.Replace("tne", "tnf", StringComparison.Ordinal).Replace("tnf", "tneA", StringComparison.Ordinal)[..^1] + ">", StringComparison.Ordinal), Phone, isTaken: false));
        Assert.Equal(5, _service.Counters.Refused);
        Assert.Empty(Pass(signed, Node, Now + TimeSpan.FromSeconds(31)));
        Assert.Equal(6, _service.Counters.Refused);

        // A guess at a password that nobody would be banned for; and what listens at another port of a node is none of a phone's business.
        Assert.Empty(Pass(Bye.Replace("ROUTE", _route, StringComparison.Ordinal).Replace("BYE", "REGISTER", StringComparison.Ordinal), Phone));
        Assert.Empty(Pass(Bye.Replace("ROUTE", _route, StringComparison.Ordinal).Replace("198.51.100.2:5060", "198.51.100.2:6379", StringComparison.Ordinal), Phone));
        Assert.Equal(8, _service.Counters.Refused);
    }

    [Fact]
    public void What_is_not_for_the_edge_is_left_alone()
    {
        Assert.Empty(Pass(Invite.Replace("ROUTE", "<sip:proxy.example;lr>", StringComparison.Ordinal), Node, isTaken: false));
        Assert.Empty(Pass("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", Phone, isTaken: false));
    }

    [Fact]
    public void Only_requests_for_phones_of_other_nodes_are_signed()
    {
        Assert.NotEqual(Invite.Length, Encoding.ASCII.GetByteCount(Signed(Invite)));
        foreach (var (text, remote) in new[]
        {
            (Invite.Replace("ROUTE", "<sip:proxy.example;lr>", StringComparison.Ordinal), Node.Remote),
            (Invite.Replace("ROUTE", _route, StringComparison.Ordinal), Phone.Remote),
        })
        {
            var packet = new SipPacket(Node with { Remote = remote }, PooledBuffer.Copy(Encoding.ASCII.GetBytes(text)), 0);
            Assert.Equal(text, Encoding.ASCII.GetString(_proxy.Sign(packet, Now).Data.Span));
        }
    }

    [Theory]
    [InlineData(SipTransportKind.Tcp, 17, false, true)]
    [InlineData(SipTransportKind.Wss, 17, false, true)]
    [InlineData(SipTransportKind.Udp, 0, true, true)]
    [InlineData(SipTransportKind.Udp, 0, false, false)]
    [InlineData(SipTransportKind.Tcp, 0, false, false)]
    public void A_phone_that_anybody_reaches_needs_no_edge(SipTransportKind transport, long connection, bool behindNat, bool hasRoute)
    {
        var route = _service.RouteTo(Binding(Phone with { Transport = transport, Connection = connection }) with { BehindNat = behindNat });
        Assert.Equal(hasRoute, route is not null);
        if (route is null)
            return;

        var edge = EdgeService.Read(route);
        Assert.Equal(new SipFlow(transport == SipTransportKind.Udp ? SipTransportKind.Udp : SipTransportKind.Tcp, default, Here), edge?.Target);
        Assert.Equal(route, edge?.Route);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("<sip:100@198.51.100.1:5060;lr>")]
    [InlineData("<sip:tneAAAA@198.51.100.1:5060;lr>")]
    public void What_is_no_way_to_a_phone_is_not_believed(string? text) => Assert.Null(EdgeService.Read(text));

    [Fact]
    public void No_line_can_be_smuggled_in_with_a_way() => Assert.Null(EdgeService.Read(_route + "\r\nX: y"));

    private static NetAddress Address(string host, int port) => NetAddress.From(IPAddress.Parse(host), port);

    private static Binding Binding(SipFlow flow) => new()
    {
        Tenant = TenantId.Default,
        Number = "101",
        ContactUri = "sip:101@10.1.1.1:4000",
        Flow = flow,
        RegisterCallId = "r",
        RegisterCSeq = 1,
        ExpiresSeconds = 60,
        RegisteredAt = default,
        ExpiresAt = default,
        LastSeen = default,
    };

    private static string ResponseTo(string request)
    {
        var lines = request.Split("\r\n");
        var kept = lines.Where(l => l.StartsWith("Via", StringComparison.Ordinal) || l.StartsWith("Record", StringComparison.Ordinal) || l.StartsWith("From", StringComparison.Ordinal)
            || l.StartsWith("Call-ID", StringComparison.Ordinal) || l.StartsWith("CSeq", StringComparison.Ordinal));
        return $"SIP/2.0 200 OK\r\n{string.Join("\r\n", kept)}\r\nTo: <sip:101@tandem>;tag=p\r\nContact: <sip:101@10.1.1.1:4000>\r\nContent-Length: 0\r\n\r\n";
    }

    private string Signed(string request)
    {
        var packet = new SipPacket(Node with { Remote = Address("198.51.100.2", 5060) }, PooledBuffer.Copy(Encoding.ASCII.GetBytes(request.Replace("ROUTE", _route, StringComparison.Ordinal))), 0);
        return Encoding.ASCII.GetString(_proxy.Sign(packet, Now).Data.Span);
    }

    private List<(SipFlow Target, string Text)> Pass(string text, SipFlow flow, Moment? at = null, bool isTaken = true)
    {
        Assert.Equal(SipRejection.None, SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(text)), SipLimits.Default, out var message));
        Assert.Equal(isTaken, _proxy.TryTake(message!, flow, at ?? Now));
        var sent = new List<(SipFlow, string)>();
        while (_proxy.TryTakePacket(out var packet))
            sent.Add((packet.Target, Encoding.ASCII.GetString(packet.Data.Span)));
        return sent;
    }

    private sealed class Nodes : INodeDirectory
    {
        public bool IsNode(in NetAddress address) => address.IsSameHost(Address("198.51.100.2", 0));

        public bool IsNodeAt(in NetAddress address) => address == Address("198.51.100.2", 5060);
    }
}
