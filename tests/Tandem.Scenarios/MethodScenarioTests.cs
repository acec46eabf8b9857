using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>Phones that are sockets and text, at the running server: what crosses, what moves, what fails, and what strangers get.</summary>
[BesideOthers]
public class MethodScenarioTests(WireServer peers) : IClassFixture<WireServer>
{
    private static readonly string[] InDialogAlone = ["ACK", "CANCEL", "PRACK", "UPDATE", "BYE", "INFO"];

    // RFC 3261 §11.2: what is said to be served is served, and nothing else.
    [Fact]
    public async Task Options_name_what_is_served_and_nothing_else()
    {
        using var phone = await PhoneAsync();
        var ok = await phone.AskAsync("OPTIONS", "*43", $"X-Room-For-The-Answer: {new string('-', 400)}\r\n");
        Assert.Equal(200, ok.Status);
        var allowed = ok["Allow"].Split(", ");
        Assert.Superset(new HashSet<string>(InDialogAlone.Append("INVITE").Append("REFER").Append("SUBSCRIBE").Append("MESSAGE").Append("PUBLISH").Append("REGISTER")), new HashSet<string>(allowed));
        foreach (var method in allowed.Except(InDialogAlone))
            Assert.NotInRange((await phone.AskAsync(method, phone.Number)).Status, 405, 405);
        foreach (var method in new[] { "PUBLISHED", "invite" })
        {
            var refused = await phone.AskAsync(method, "*43");
            Assert.True(refused.Status is 405 or 501, refused.ToString());
            Assert.Equal(ok["Allow"], refused["Allow"]);
        }

        Assert.True(ok.Lists("Accept", "application/sdp") && ok.Lists("Supported", "replaces") && ok.Lists("Allow-Events", "dialog"), ok.ToString());
    }

    // RFC 3264 §4, RFC 3261 §13.2.1: no offer in the INVITE, the offer in the 200, the answer in the ACK.
    [Fact]
    public async Task An_offer_may_come_with_the_answer_of_the_callee()
    {
        using var caller = await PhoneAsync();
        using var callee = await PhoneAsync();
        var calling = caller.AskAsync("INVITE", callee.Number, caller.Contact());
        var invite = await callee.ExpectAsync("INVITE");
        Assert.Equal("", invite.Body);
        await callee.ReplyAsync(invite, 200, Sdp.Audio("127.0.0.1", 40_000));
        var answer = await calling;
        Assert.Equal(200, answer.Status);
        Assert.Contains("m=audio ", answer.Body, StringComparison.Ordinal);
        await caller.AcknowledgeAsync(answer, Sdp.Audio("127.0.0.1", 40_002));
        Assert.Contains("m=audio ", (await callee.ExpectAsync("ACK")).Body, StringComparison.Ordinal);
        await EndAsync(caller, answer, callee);
    }

    // RFC 5589 §6.2: the transferee keeps the call that he has until the other one stands.
    [Fact]
    public async Task The_call_stays_when_its_transfer_fails()
    {
        using var caller = await PhoneAsync();
        using var callee = await PhoneAsync();
        var (invite, answer) = await TalkAsync(caller, callee);
        var accepted = await callee.AskAsCalleeAsync(invite, "REFER", 10, $"Refer-To: <sip:198@{Host}>\r\n{callee.Contact()}");
        Assert.Equal(202, accepted.Status);
        WireMessage notify;
        do
        {
            notify = await callee.ExpectAsync("NOTIFY");
            await callee.ReplyAsync(notify, 200);
        }
        while (!notify["Subscription-State"].StartsWith("terminated", StringComparison.Ordinal));

        Assert.StartsWith("SIP/2.0 480", notify.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await caller.AskInDialogAsync(answer, "OPTIONS", 20)).Status);
        Assert.Equal(200, (await callee.AskAsCalleeAsync(invite, "OPTIONS", 20)).Status);
        await EndAsync(caller, answer, callee);
    }

    // RFC 6665 §4.1.2.2: the watcher is where its last SUBSCRIBE came from.
    [Fact]
    public async Task A_subscription_goes_on_from_another_port_and_ends_there()
    {
        using var watched = await PhoneAsync();
        using var before = await PhoneAsync();
        using var after = await WirePhone.ConnectAsync(peers.Server, before.Number, ProtocolType.Udp);
        const string Event = "Event: dialog\r\nAccept: application/dialog-info+xml\r\n";
        var callId = Guid.NewGuid().ToString("N");
        var first = await before.AskAsync("SUBSCRIBE", watched.Number, $"{Event}Expires: 600\r\n{before.Contact()}", callId: callId);
        Assert.Equal(200, first.Status);
        await before.ReplyAsync(await before.ExpectAsync("NOTIFY"), 200);

        var moved = await after.AskAsync("SUBSCRIBE", watched.Number, $"{Event}Expires: 600\r\n{after.Contact()}", callId: callId, toTag: ";tag=" + first.ToTag, first: 10);
        Assert.Equal(200, moved.Status);
        var notify = await after.ExpectAsync("NOTIFY");
        Assert.StartsWith("active", notify["Subscription-State"], StringComparison.Ordinal);
        await after.ReplyAsync(notify, 200);

        var ended = await after.AskAsync("SUBSCRIBE", watched.Number, $"{Event}Expires: 0\r\n{after.Contact()}", callId: callId, toTag: ";tag=" + first.ToTag, first: 20);
        Assert.Equal(200, ended.Status);
        do
        {
            notify = await after.ExpectAsync("NOTIFY");
            await after.ReplyAsync(notify, 200);
        }
        while (!notify["Subscription-State"].StartsWith("terminated", StringComparison.Ordinal));

        var gone = await after.AskAsync("SUBSCRIBE", watched.Number, $"{Event}Expires: 600\r\n{after.Contact()}", callId: callId, toTag: ";tag=" + first.ToTag, first: 30);
        Assert.Equal(481, gone.Status);
    }

    // RFC 3261 §15.1.2, §9.1: whoever comes second is answered, and nobody is left in a call.
    [Fact]
    public async Task Requests_that_cross_are_settled_on_both_sides()
    {
        using var caller = await PhoneAsync();
        using var callee = await PhoneAsync();
        var (invite, answer) = await TalkAsync(caller, callee);
        var ending = caller.HangUpAsync(answer);
        var bye = await callee.ExpectAsync("BYE");
        Assert.Equal(200, (await callee.AskAsCalleeAsync(invite, "BYE", 50)).Status);
        await callee.ReplyAsync(bye, 200);
        await ending;

        // The callee took off just before the CANCEL reached it: it is sent away again.
        var callId = Guid.NewGuid().ToString("N");
        var calling = caller.AskAsync("INVITE", callee.Number, caller.Contact(), Sdp.Audio("127.0.0.1", 40_000), callId);
        invite = await callee.ExpectAsync("INVITE");
        await callee.ReplyAsync(invite, 180);
        await caller.CancelAsync(callee.Number, callId, 2);
        var cancel = await callee.ExpectAsync("CANCEL");
        await callee.ReplyAsync(cancel, 200);
        await callee.ReplyAsync(invite, 200, Sdp.Audio("127.0.0.1", 40_002));
        Assert.Equal(487, (await calling).Status);
        await callee.ExpectAsync("ACK");
        await callee.ReplyAsync(await callee.ExpectAsync("BYE"), 200);

        // The 200 was there before the CANCEL: that changes nothing.
        callId = Guid.NewGuid().ToString("N");
        calling = caller.AskAsync("INVITE", callee.Number, caller.Contact(), Sdp.Audio("127.0.0.1", 40_000), callId);
        await callee.ReplyAsync(await callee.ExpectAsync("INVITE"), 200, Sdp.Audio("127.0.0.1", 40_002));
        answer = await calling;
        Assert.Equal(200, answer.Status);
        await caller.CancelAsync(callee.Number, callId, 2);
        await caller.ExpectAnswerAsync("CANCEL");
        await caller.AcknowledgeAsync(answer);
        await callee.ExpectAsync("ACK");
        Assert.Equal(200, (await caller.AskInDialogAsync(answer, "OPTIONS", 20)).Status);
        await EndAsync(caller, answer, callee);
    }

    // RFC 7616 §3.4.5, §5.4, §5.12: what was heard on the wire is worth nothing: again, from elsewhere, or for something else.
    [Fact]
    public async Task Credentials_that_were_heard_open_nothing()
    {
        using var phone = await WirePhone.ConnectAsync(peers.Server, peers.Phone().Number, ProtocolType.Udp);
        using var thief = await WirePhone.ConnectAsync(peers.Server, phone.Number, ProtocolType.Tcp, IPAddress.Parse("127.0.0.2"));
        var uri = "sip:" + Host;
        var challenge = await RequestAsync(phone, "REGISTER", uri, "");
        Assert.Equal(401, challenge.Status);
        var heard = phone.Credentials(challenge, "REGISTER", uri);

        // Caught on the way and used from elsewhere first, then by the phone itself, and then again by both.
        Assert.Equal(401, (await RequestAsync(thief, "REGISTER", uri, heard)).Status);
        Assert.Equal(200, (await RequestAsync(phone, "REGISTER", uri, heard)).Status);
        Assert.Equal(401, (await RequestAsync(thief, "REGISTER", uri, heard)).Status);
        Assert.Equal(401, (await RequestAsync(phone, "REGISTER", uri, heard)).Status);
        Assert.Equal(407, (await RequestAsync(phone, "MESSAGE", uri, heard.Replace("Authorization", "Proxy-Authorization", StringComparison.Ordinal))).Status);
    }

    // Whoever forges a source gets nobody there more than twice what he sends himself.
    [Theory]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("OPTIONS")]
    [InlineData("BYE")]
    [InlineData("NONSENSE")]
    public async Task A_stranger_is_answered_at_most_twice_what_he_sent(string method)
    {
        var id = Guid.NewGuid().ToString("N")[..8];
        var small = Encoding.ASCII.GetBytes(
            $"{method} sip:a@b SIP/2.0\r\nv:SIP/2.0/UDP c;branch=z9hG4bK{id};rport\r\nf:<sip:a@b>;tag=1\r\nt:<sip:a@b>\r\ni:{id}\r\nCSeq:1 {method}\r\nMax-Forwards:9\r\n\r\n");
        Assert.InRange(await BytesAsync(_ => small, isAnswered: false), 0, 2 * small.Length);

        // An ordinary one gets its whole answer.
        byte[] ordinary = [];
        Assert.InRange(await BytesAsync(port => ordinary = RawPhone.Request(method, port, "o" + id, ""), isAnswered: true), 100, 2 * ordinary.Length);
    }

    private string Host => $"127.0.0.1:{peers.Server.SipPort}";

    // What comes back to a port of its own, as long as an answer would be repeated twice; where one has to come, from that on.
    private async Task<int> BytesAsync(Func<int, byte[]> request, bool isAnswered)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(IPAddress.Loopback, peers.Server.SipPort);
        await socket.SendAsync(request(((IPEndPoint)socket.Client.LocalEndPoint!).Port));
        var received = 0;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(isAnswered ? 60 : 2));
        try
        {
            while (true)
            {
                received += (await socket.ReceiveAsync(patience.Token)).Buffer.Length;
                if (isAnswered)
                    patience.CancelAfter(TimeSpan.FromSeconds(2));
                isAnswered = false;
            }
        }
        catch (OperationCanceledException)
        {
            return received;
        }
    }

    private async Task<WirePhone> PhoneAsync()
    {
        var phone = await WirePhone.ConnectAsync(peers.Server, peers.Phone().Number, ProtocolType.Udp);
        await phone.RegisterAsync();
        return phone;
    }

    private static async Task<(WireMessage Invite, WireMessage Answer)> TalkAsync(WirePhone caller, WirePhone callee)
    {
        var calling = caller.AskAsync("INVITE", callee.Number, caller.Contact(), Sdp.Audio("127.0.0.1", 40_000));
        var invite = await callee.ExpectAsync("INVITE");
        await callee.ReplyAsync(invite, 200, Sdp.Audio("127.0.0.1", 40_002));
        var answer = await calling;
        Assert.Equal(200, answer.Status);
        await caller.AcknowledgeAsync(answer);
        await callee.ExpectAsync("ACK");
        return (invite, answer);
    }

    private static async Task EndAsync(WirePhone caller, WireMessage answer, WirePhone callee)
    {
        var ending = caller.HangUpAsync(answer);
        await callee.ReplyAsync(await callee.ExpectAsync("BYE"), 200);
        await ending;
    }

    // One request as it is, without a second try.
    private static async Task<WireMessage> RequestAsync(WirePhone phone, string method, string uri, string credentials)
    {
        var id = Guid.NewGuid().ToString("N");
        await phone.SendAsync(Encoding.ASCII.GetBytes(
            $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {phone.HostPort};branch=z9hG4bK{id};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{phone.Number}@127.0.0.1>;tag={id}\r\n"
            + $"To: <sip:{phone.Number}@127.0.0.1>\r\nCall-ID: {id}\r\nCSeq: 1 {method}\r\n{phone.Contact()}{credentials}Content-Length: 0\r\n\r\n"));
        return await phone.ExpectAnswerAsync(method);
    }
}
