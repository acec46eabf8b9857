using Tandem.Sip.Engine;

namespace Tandem.Sip.Tests.Engine;

/// <summary>RFC 3261 §8.2, §16.3, RFC 5393: what is answered before anybody sees the request, and what is dropped in silence.</summary>
public class RequestScreeningTests
{
    private readonly EngineBench _bench = new();

    [Theory]
    [InlineData("BREW")]
    [InlineData("INVITES")]
    public void A_method_that_is_not_allowed_gets_405_with_Allow(string method)
    {
        _bench.Receive(EngineBench.Request(method));
        AssertAnswer(405, EngineCounter.MethodsNotAllowed);
        Assert.Equal(string.Join(", ", SipEngineOptions.Default.AllowedMethods).ToUpperInvariant(), _bench.Sent[0].Header("Allow"));
    }

    [Theory]
    [InlineData("Require: 100rel, nothing", "Unsupported: nothing")]
    [InlineData("Require: fancy\r\nRequire: timer, other", "Unsupported: fancy, other")]
    [InlineData("Proxy-Require: sec-agree", "Unsupported: sec-agree")]
    public void An_extension_that_is_not_supported_gets_420(string header, string unsupported)
    {
        // §8.2.2.3
        _bench.Receive(EngineBench.Request("INVITE", more: header));
        AssertAnswer(420, EngineCounter.ExtensionsNotSupported);
        Assert.Contains("\r\n" + unsupported + "\r\n", _bench.Sent[0].Text);
    }

    [Fact]
    public void Require_of_what_is_supported_passes()
    {
        _bench.Receive(EngineBench.Request("INVITE", more: "Require: 100REL"));
        _bench.Take(SipEventKind.Request);
    }

    [Theory]
    [InlineData("INVITE", 483)]
    [InlineData("INFO", 483)]
    [InlineData("REGISTER", 0)]
    [InlineData("OPTIONS", 0)]
    public void Max_Forwards_0_ends_what_would_go_on(string method, int status)
    {
        // §16.3 item 3
        _bench.Receive(EngineBench.Request(method).Replace("Max-Forwards: 70", "Max-Forwards: 0"));
        if (status == 0)
            _bench.Take(SipEventKind.Request);
        else
            AssertAnswer(status, EngineCounter.ExhaustedRequests);
    }

    [Theory]
    [InlineData("sip:100@192.0.2.1", true)] // the request that was forwarded: a loop
    [InlineData("sip:200@192.0.2.1", false)] // another target: a spiral
    public void A_request_that_comes_back_unchanged_gets_482(string uri, bool isLoop)
    {
        // RFC 5393 §4.2
        _bench.Receive(EngineBench.Request("INVITE"));
        var incoming = _bench.Take(SipEventKind.Request).Message!;
        _bench.Send("INVITE", loopKey: SipEngine.LoopKey(incoming));
        var ourVia = _bench.Last("INVITE").Header("Via");
        _bench.Sent.Clear();
        _bench.Receive(EngineBench.Request("INVITE", branch: "z9hG4bKproxy", callId: "other", uri: uri, more: "Via: " + ourVia));
        if (isLoop)
            AssertAnswer(482, EngineCounter.LoopedRequests, transactions: 1);
        else
            _bench.Take(SipEventKind.Request);
    }

    [Fact]
    public void The_same_request_over_another_path_gets_482()
    {
        // §8.2.2.2
        _bench.Receive(EngineBench.Request("INVITE"));
        _bench.Take(SipEventKind.Request);
        _bench.Receive(EngineBench.Request("INVITE", branch: "z9hG4bKpeer2", uri: "sip:200@192.0.2.1"));
        AssertAnswer(482, EngineCounter.MergedRequests, transactions: 1);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("BYE")]
    [InlineData("OPTIONS")]
    public void A_request_of_an_unknown_dialog_gets_481(string method)
    {
        _bench.Receive(EngineBench.Request(method, toTag: "nobody"));
        AssertAnswer(481, EngineCounter.StrayRequests);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("PRACK")]
    [InlineData("UPDATE")]
    public void A_request_that_needs_a_dialog_and_names_none_gets_481(string method)
    {
        _bench.Receive(EngineBench.Request(method));
        AssertAnswer(481, EngineCounter.StrayRequests);
    }

    [Fact]
    public void An_ack_of_nothing_is_dropped_and_counted()
    {
        _bench.Receive(EngineBench.Request("ACK", toTag: "nobody"));
        Assert.Empty(_bench.Sent);
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayAcks]);
    }

    [Fact]
    public void An_invite_without_Contact_gets_400()
    {
        // §8.1.1.8
        _bench.Receive(EngineBench.Request("INVITE").Replace("Contact: <sip:bob@198.51.100.7:5060>\r\n", ""));
        AssertAnswer(400, EngineCounter.RejectedAnswered);
    }

    [Theory]
    [InlineData("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505)]
    [InlineData("sip:100@192.0.2.1 ", "http://192.0.2.1/ ", 416)]
    [InlineData("CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 400)]
    [InlineData("Content-Length: 0", "Content-Length: 10", 400)]
    public void A_malformed_request_is_answered_without_state(string part, string changed, int status)
    {
        _bench.Receive(EngineBench.Request("OPTIONS").Replace(part, changed));
        AssertAnswer(status, EngineCounter.RejectedAnswered);
    }

    [Theory]
    [InlineData("ACK", "CSeq: 1 ACK", "CSeq: 1 INVITE")]
    [InlineData("OPTIONS", "Call-ID: call-1\r\n", "")]
    [InlineData("OPTIONS", "Via: ", "X-Via: ")]
    public void What_cannot_be_answered_is_dropped_and_counted(string method, string part, string changed)
    {
        _bench.Receive(EngineBench.Request(method).Replace(part, changed));
        Assert.DoesNotContain(_bench.Sent, packet => packet.Status < 400);
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.RejectedDropped] + _bench.Engine.Counters[EngineCounter.RejectedAnswered]);
        if (method == "ACK")
            Assert.Empty(_bench.Sent);
        _bench.AssertEmpty();
    }

    [Fact]
    public void An_answer_without_state_is_the_same_each_time()
    {
        // §8.2.7
        var request = EngineBench.Request("BREW");
        _bench.Receive(request);
        _bench.Receive(request);
        Assert.Equal(_bench.Sent[0].Text, _bench.Sent[1].Text);
        Assert.NotEmpty(_bench.Sent[0].ToTag);
    }

    [Fact]
    public void A_full_table_gets_503_with_Retry_After()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxServerTransactions = 1 });
        bench.Receive(EngineBench.Request("OPTIONS"));
        bench.Take(SipEventKind.Request);
        bench.Receive(EngineBench.Request("OPTIONS", branch: "z9hG4bKpeer2", callId: "call-2"));
        Assert.Equal(503, Assert.Single(bench.Sent).Status);
        Assert.Equal("5", bench.Sent[0].Header("Retry-After"));
        Assert.Equal(1, bench.Engine.Counters[EngineCounter.TableFull]);
        Assert.Equal(1, bench.Engine.ServerTransactions);
    }

    private void AssertAnswer(int status, EngineCounter counter, int transactions = 0)
    {
        Assert.Equal(status, Assert.Single(_bench.Sent).Status);
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[counter]);
        Assert.Equal(transactions, _bench.Engine.ServerTransactions);
    }

    // RFC 3261 §8.2.7: the same tag each time the same request comes. Hashes of our tables must not be read off it.
    [Fact]
    public void The_tag_of_an_answer_without_state_comes_from_a_key_of_this_engine()
    {
        var tags = new List<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            var engine = new SipEngine(SipEngineOptions.Default, new Tandem.Core.Time.TimerWheel(Tandem.Core.Time.Moment.Zero), new Random(seed));
            for (var i = 0; i < 2; i++)
            {
                var bytes = System.Text.Encoding.ASCII.GetBytes(EngineBench.Request("BYE"));
                var rejection = Tandem.Sip.Parsing.SipParser.Parse(Tandem.Core.Buffers.PooledBuffer.Copy(bytes), Tandem.Sip.Parsing.SipLimits.Default, out var message);
                engine.Receive(new SipInput(message, EngineBench.Udp, rejection), Tandem.Core.Time.Moment.Zero);
                Assert.True(engine.TryTakePacket(out var packet));
                tags.Add(new EngineBench.Packet(0, packet.Target, System.Text.Encoding.ASCII.GetString(packet.Data.Span), 0).ToTag);
            }
        }

        Assert.All(tags, tag => Assert.Equal(16, tag.Length));
        Assert.Single(tags.Take(4).Distinct());
        Assert.Single(tags.Skip(4).Distinct());
        Assert.NotEqual(tags[0], tags[4]);
    }
}
