using System.Text;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Parsing;

public class SipParserTests
{
    [Fact]
    public void A_request_is_read_into_slices()
    {
        var message = Good(SipSamples.Invite);

        Assert.True(message.IsRequest);
        Assert.Equal(SipMethod.Invite, message.Method);
        Assert.Equal("INVITE", Text(message.MethodText));
        Assert.Equal("sip:101@192.0.2.10", Text(message.RequestUri));
        Assert.Equal("a84b4c76e66710@192.0.2.101", Text(message.CallId));
        Assert.Equal(314159u, message.CSeq);
        Assert.Equal(70, message.MaxForwards);
        Assert.Equal(11, message.Headers.Length);
        Assert.StartsWith("v=0\r\n", Text(message.Body), StringComparison.Ordinal);
        Assert.Equal(138, message.Body.Length);
        Assert.True(message.ContentTypeIs("application/sdp"u8));
        Assert.True(message.HasOption(HeaderName.Supported, "TIMER"u8));
        Assert.False(message.HasOption(HeaderName.Require, "timer"u8));
        Assert.True(message.Allows(SipMethod.Prack));
        Assert.False(message.Allows(SipMethod.Refer));
        Assert.Equal("1928301774", Text(message.FromTag));
        Assert.True(message.ToTag.IsEmpty);
    }

    [Fact]
    public void A_response_takes_its_method_from_CSeq()
    {
        var message = Good(SipSamples.InviteOk);

        Assert.True(message.IsResponse);
        Assert.Equal(200, message.StatusCode);
        Assert.Equal("OK", Text(message.ReasonPhrase));
        Assert.Equal(SipMethod.Invite, message.Method);
        Assert.Equal("a6c85cf", Text(message.ToTag));
        Assert.True(message.RequestUri.IsEmpty);
    }

    [Fact]
    public void Compact_names_folding_and_lists_read_like_their_long_forms()
    {
        var message = Good(SipSamples.Compact);

        Assert.Equal("sips:J%2e%20Doe;day=tuesday@[2001:db8::10]:5061;transport=tcp", Text(message.RequestUri));
        Assert.True(message.TryGetTopVia(out var via));
        Assert.Equal("TLS", Text(via.Transport));
        Assert.Equal("[2001:db8::9:1]", Text(via.Host));
        Assert.Equal(5061, via.Port);
        var vias = new List<string>();
        foreach (var element in message.Values(HeaderName.Via))
            vias.Add(Text(element));
        Assert.Equal(2, vias.Count);
        Assert.True(message.TryGetFrom(out var from));
        Assert.Equal("""A. G. "Sandy" \ Bell""", from.TextOfDisplayName());
        Assert.Equal("a48s", Text(from.Tag));
        Assert.True(message.TryGetTo(out var to));
        Assert.Equal("tel:+1-201-555-0123", Text(to.Uri));
        Assert.Equal("xyz", Text(to.Tag));
        Assert.Equal(9u, message.CSeq);
        Assert.Equal("hello", Text(message.Body));
        Assert.True(message.TryGetContact(out var contact));
        Assert.Equal("Mr. Watson, Sr.", contact.Address.TextOfDisplayName());
        Assert.Equal(700, contact.Q);
        Assert.Equal(3600u, contact.Expires);
        Assert.True(message.HasOption(HeaderName.Supported, "path"u8));
    }

    // RFC 3261 §7.1, §7.2
    [Theory]
    [InlineData("OPTIONS sip:100@example.com SIP/2.0", SipRejection.None)]
    [InlineData("OPTIONS sip:100@example.com sip/2.0", SipRejection.None)]
    [InlineData("OPTIONS tel:+15550100 SIP/2.0", SipRejection.None)]
    [InlineData("OPTIONS  sip:100@example.com SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPTIONS sip:100@example.com  SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPTIONS sip:100@example.com SIP/2.0 ", SipRejection.BadRequestLine)]
    [InlineData(" OPTIONS sip:100@example.com SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPTIONS sip:100@exam ple.com SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPTIONS SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPT(ONS sip:100@example.com SIP/2.0", SipRejection.BadRequestLine)]
    [InlineData("OPTIONS <sip:100@example.com> SIP/2.0", SipRejection.BadUri)]
    [InlineData("OPTIONS sip:100@example.com:0 SIP/2.0", SipRejection.BadUri)]
    [InlineData("OPTIONS sip:100@example.com:65536 SIP/2.0", SipRejection.BadUri)]
    [InlineData("OPTIONS sip:100@example.com?Route=%3Csip:x%3E SIP/2.0", SipRejection.BadUri)]
    [InlineData("OPTIONS sip:100@example.com;method=BYE SIP/2.0", SipRejection.BadUri)]
    [InlineData("OPTIONS http://example.com/ SIP/2.0", SipRejection.UnsupportedScheme)]
    [InlineData("OPTIONS sip:100@example.com SIP/3.0", SipRejection.UnsupportedVersion)]
    [InlineData("OPTIONS sip:100@example.com SIP/2.1", SipRejection.UnsupportedVersion)]
    [InlineData("OPTIONS sip:100@example.com HTTP/1.1", SipRejection.NotSip)]
    [InlineData("OPTIONS", SipRejection.NotSip)]
    [InlineData("", SipRejection.NotSip)]
    public void A_request_line_has_three_parts_and_single_spaces(string line, SipRejection expected)
    {
        var rejection = Parse(Request(start: line), out var message);

        Assert.Equal(expected, rejection);
        Assert.Equal(expected is SipRejection.NotSip, message is null);
    }

    [Theory]
    [InlineData("SIP/2.0 200 OK", SipRejection.None, 200, "OK")]
    [InlineData("SIP/2.0 100 ", SipRejection.None, 100, "")]
    [InlineData("SIP/2.0 100", SipRejection.None, 100, "")]
    [InlineData("SIP/2.0 486 Ocupado, espere", SipRejection.None, 486, "Ocupado, espere")]
    [InlineData("SIP/2.0 099 Early", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/2.0 700 Late", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/2.0 4294967301 better not break the receiver", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/2.0 20 OK", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/2.0  200 OK", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/2.0", SipRejection.BadStatusLine, 0, "")]
    [InlineData("SIP/7.0 200 OK", SipRejection.UnsupportedVersion, 0, "")]
    [InlineData("SIP/x 200 OK", SipRejection.NotSip, 0, "")]
    public void A_status_line_has_a_version_three_digits_and_a_reason(string line, SipRejection expected, int status, string reason)
    {
        var rejection = Parse(Request(start: line), out var message);

        Assert.Equal(expected, rejection);
        if (expected != SipRejection.None)
        {
            Assert.Null(message);
            return;
        }

        Assert.Equal(status, message!.StatusCode);
        Assert.Equal(reason, Text(message.ReasonPhrase));
    }

    [Theory]
    [InlineData("Max-Forwards: 256", SipRejection.BadMaxForwards)]
    [InlineData("Max-Forwards: -1", SipRejection.BadMaxForwards)]
    [InlineData("Max-Forwards:", SipRejection.BadMaxForwards)]
    [InlineData("Max-Forwards: 7\r\nMax-Forwards: 7", SipRejection.DuplicateHeader)]
    [InlineData("Content-Length: -1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: +1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 0x1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 1, 1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 99999999999999999999", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 1", SipRejection.BodyTruncated)]
    [InlineData("Content-Length: 0\r\nl: 0", SipRejection.DuplicateHeader)]
    [InlineData("i: 2@example.com", SipRejection.DuplicateHeader)]
    [InlineData("f: <sip:b@example.com>", SipRejection.DuplicateHeader)]
    [InlineData("t: <sip:b@example.com>", SipRejection.DuplicateHeader)]
    [InlineData("CSeq: 1 OPTIONS", SipRejection.DuplicateHeader)]
    [InlineData("Contact: *", SipRejection.BadContact)]
    [InlineData("Contact: sip:u@example.com?Route=%3Csip:x%3E", SipRejection.BadContact)]
    [InlineData("Contact: <sip:a@example.com>,", SipRejection.None)]
    [InlineData("Contact: <sip:a@example.com>, ,<sip:a@example.com>", SipRejection.BadContact)]
    [InlineData("Contact: \"Joe\" <sip:joe@example.org>;;;;", SipRejection.BadContact)]
    [InlineData("Contact: <sip:a@example.com>;q=1.1", SipRejection.BadContact)]
    [InlineData("Subject : space before the colon", SipRejection.None)]
    [InlineData("Subject\t:tab before the colon", SipRejection.None)]
    [InlineData("Subject\r\n : fold before the colon", SipRejection.BadHeader)]
    [InlineData("Sub ject: x", SipRejection.BadHeader)]
    [InlineData(": x", SipRejection.BadHeader)]
    [InlineData("Subject", SipRejection.BadHeader)]
    [InlineData("Subject: a\rb", SipRejection.BadHeader)]
    [InlineData("Subject: a\nb: c", SipRejection.BadHeader)]
    [InlineData("Subject: a\0b", SipRejection.BadHeader)]
    [InlineData("Subject: \"a\\\0b\"", SipRejection.None)]
    [InlineData("Subject: a\\\0b", SipRejection.BadHeader)]
    [InlineData("Via: SIP/2.0/UDP 192.0.2.2;;branch=z9hG4bKy", SipRejection.BadVia)]
    [InlineData("Via: SIP/1.0/UDP 192.0.2.2;branch=z9hG4bKy", SipRejection.BadVia)]
    [InlineData("Via: SIP/2.0/UDP 192.0.2.2:99999;branch=z9hG4bKy", SipRejection.BadVia)]
    [InlineData("Via: SIP/2.0/UDP 192.0.2.2;branch=a;branch=b", SipRejection.BadVia)]
    [InlineData("X-Unknown:", SipRejection.None)]
    public void A_header_field_is_checked(string field, SipRejection expected)
    {
        var extra = field.StartsWith("Max-Forwards", StringComparison.Ordinal) ? field : "Max-Forwards: 70\r\n" + field;
        var rejection = Parse(Request(extra: extra), out var message);

        Assert.Equal(expected, rejection);
        Assert.NotNull(message);
    }

    [Fact]
    public void What_is_missing_decides_between_an_answer_and_silence()
    {
        Assert.Equal(SipRejection.NoUsableHead, Parse(Request(via: ""), out var noVia));
        Assert.Equal(SipRejection.NoUsableHead, Parse(Request(via: "Via: gibberish"), out var badVia));
        Assert.Equal(SipRejection.NoUsableHead, Parse(Request(cseq: ""), out var noCSeq));
        Assert.Null(noVia);
        Assert.Null(badVia);
        Assert.Null(noCSeq);

        Assert.Equal(SipRejection.MissingHeader, Parse(Request(from: ""), out var noFrom));
        Assert.Equal(SipRejection.MissingHeader, Parse(Request(to: ""), out _));
        Assert.Equal(SipRejection.MissingHeader, Parse(Request(callId: ""), out var noCallId));
        Assert.NotNull(noFrom);
        Assert.True(noCallId!.CallId.IsEmpty);
    }

    [Theory]
    [InlineData("CSeq: 2147483647 OPTIONS", SipRejection.None)]
    [InlineData("CSeq: 2147483648 OPTIONS", SipRejection.BadCSeq)]
    [InlineData("CSeq: 36893488147419103232 OPTIONS", SipRejection.BadCSeq)]
    [InlineData("CSeq: -1 OPTIONS", SipRejection.BadCSeq)]
    [InlineData("CSeq: OPTIONS", SipRejection.BadCSeq)]
    [InlineData("CSeq: 1", SipRejection.BadCSeq)]
    [InlineData("CSeq: 1 OPTIONS x", SipRejection.BadCSeq)]
    [InlineData("CSeq: 1 INVITE", SipRejection.CSeqMethodMismatch)]
    [InlineData("CSeq: 1 options", SipRejection.CSeqMethodMismatch)]
    public void CSeq_has_a_number_below_2_to_31_and_the_method_of_the_request(string cseq, SipRejection expected) =>
        Assert.Equal(expected, Parse(Request(cseq: cseq), out _));

    [Theory]
    [InlineData("From: \"Bell, A\" <sip:a@example.com>;tag=1", SipRejection.None)]
    [InlineData("From: sip:a@example.com;tag=1", SipRejection.None)]
    [InlineData("From: A G Bell<sip:a@example.com>;tag=1", SipRejection.None)]
    [InlineData("From: Bell, A <sip:a@example.com>;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From: \"Bell <sip:a@example.com>;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From: \"Bell\" sip:a@example.com;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From: < sip:a@example.com >;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From: <sip:a@example.com;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From: <sip:a@example.com>;tag=1;tag=2", SipRejection.BadFromOrTo)]
    [InlineData("From: <sip:a@example.com>, <sip:b@example.com>", SipRejection.BadFromOrTo)]
    [InlineData("From: <>;tag=1", SipRejection.BadFromOrTo)]
    [InlineData("From:", SipRejection.BadFromOrTo)]
    public void From_is_an_address(string from, SipRejection expected) => Assert.Equal(expected, Parse(Request(from: from), out _));

    [Fact]
    public void A_rejected_response_or_ACK_is_never_handed_up()
    {
        Assert.Equal(SipRejection.BadFromOrTo, Parse(Request(start: "SIP/2.0 200 OK", from: "From: <>"), out var response));
        Assert.Equal(SipRejection.BadFromOrTo, Parse(Request(start: "ACK sip:a@b.example SIP/2.0", from: "From: <>", cseq: "CSeq: 1 ACK"), out var ack));
        Assert.Null(response);
        Assert.Null(ack);
    }

    // RFC 3261 §18.3
    [Theory]
    [InlineData("Content-Length: 3", "abcdef", "abc")]
    [InlineData("Content-Length: 0", "abcdef", "")]
    [InlineData("Subject: no length", "abcdef", "abcdef")]
    public void The_body_of_a_datagram_ends_where_Content_Length_says(string field, string body, string expected)
    {
        Parse(Request(extra: field, body: body), out var message);

        Assert.Equal(expected, Text(message!.Body));
    }

    [Fact]
    public void Empty_lines_before_the_start_line_are_skipped()
    {
        var message = Good([.. "\r\n\r\n"u8, .. Request()]);

        Assert.Equal("OPTIONS", Text(message.MethodText));
        Assert.Equal("sip:100@example.com", Text(message.RequestUri));
    }

    [Fact]
    public void A_head_without_its_empty_line_is_not_complete()
    {
        var whole = Request();
        for (var length = 0; length < whole.Length; length++)
            Assert.NotEqual(SipRejection.None, Parse(whole[..length], out _));
    }

    [Fact]
    public void Every_limit_is_kept()
    {
        var limits = new SipLimits { MaxMessageBytes = 1000, MaxHeaders = 10, MaxHeaderBytes = 100, MaxStartLineBytes = 60, MaxListElements = 3 };
        SipRejection With(byte[] bytes) => Parse(bytes, out _, limits);
        string Fields(int count) => string.Join("\r\n", Enumerable.Repeat("Z: y", count));
        string Vias(int count) => "Via: " + string.Join(", ", Enumerable.Range(0, count).Select(i => $"SIP/2.0/UDP h{i}"));
        string Routes(int count) => "Route: " + string.Join(", ", Enumerable.Range(0, count).Select(i => $"<sip:h{i}>"));

        Assert.Equal(SipRejection.None, With(Request(extra: Fields(5))));
        Assert.Equal(SipRejection.TooManyHeaders, With(Request(extra: Fields(6))));
        Assert.Equal(SipRejection.None, With(Request(extra: "Z: " + new string('y', 97))));
        Assert.Equal(SipRejection.HeaderTooLong, With(Request(extra: "Z: " + new string('y', 98))));
        Assert.Equal(SipRejection.HeaderTooLong, With(Request(extra: "Z: y\r\n " + new string('y', 98))));
        Assert.Equal(SipRejection.None, With(Request(start: $"OPTIONS sip:{new string('a', 40)} SIP/2.0")));
        Assert.Equal(SipRejection.StartLineTooLong, With(Request(start: $"OPTIONS sip:{new string('a', 41)} SIP/2.0")));
        Assert.Equal(SipRejection.None, With(Request(via: Vias(3))));
        Assert.Equal(SipRejection.TooManyHeaders, With(Request(via: Vias(4))));
        Assert.Equal(SipRejection.TooManyHeaders, With(Request(extra: Routes(4))));
        Assert.Equal(SipRejection.MessageTooLarge, With(Request(body: new string('b', 1000))));
    }

    // Looking for doubles is quadratic: without a bound one datagram could hold a shard for half a second.
    [Theory]
    [InlineData(64, SipRejection.None)]
    [InlineData(65, SipRejection.BadVia)]
    [InlineData(1500, SipRejection.BadVia)]
    public void The_parameters_of_a_value_are_bounded(int count, SipRejection expected)
    {
        var parameters = string.Concat(Enumerable.Range(0, count).Select(i => $";p{i}"));

        Assert.Equal(expected, Parse(Request(via: "Via: SIP/2.0/UDP h" + parameters), out _));
        Assert.Equal(expected == SipRejection.None, SipUriValue.TryParse(Encoding.ASCII.GetBytes("sip:h" + parameters), out _));
        Assert.Equal(
            expected == SipRejection.None,
            AuthenticationValue.TryParse(Encoding.ASCII.GetBytes("Digest " + parameters.Replace(";", "=1,", StringComparison.Ordinal)[3..] + "=1"), out _));
    }

    [Fact]
    public void The_parser_releases_the_buffer_that_it_does_not_pass_on()
    {
        var pool = new Core.Buffers.BufferPool();
        var buffer = pool.Rent();
        "rubbish"u8.CopyTo(buffer.Array);
        buffer.Length = 7;

        SipParser.Parse(buffer, SipLimits.Default, out var message);

        Assert.Null(message);
        Assert.Equal(1, pool.Retained);
    }

    // What the stories of the exchange rest on: their nodes spoil what was released.
    [Fact]
    public void A_message_of_a_spoiling_pool_cannot_be_read_after_its_release()
    {
        var pool = new Core.Buffers.BufferPool(2_048, 0, static array => array.AsSpan().Fill(0xDD));
        var bytes = SipSamples.RegisterWithAuthorization;
        var buffer = pool.Rent();
        bytes.CopyTo(buffer.Array, 0);
        buffer.Length = bytes.Length;
        SipParser.Parse(buffer, SipLimits.Default, out var message);
        message!.Retain().Release();
        Assert.True(message.CallId.Length > 0);

        message.Release();
        Assert.Throws<ArgumentOutOfRangeException>(() => message.Headers.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => message.CallId.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => message.Body.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => message.ReasonPhrase.Length);
        Assert.Throws<InvalidOperationException>(message.Retain);
        Assert.Throws<InvalidOperationException>(message.Release);
    }

    [Fact]
    public void A_message_in_a_buffer_that_was_used_before_costs_nothing()
    {
        var bytes = SipSamples.RegisterWithAuthorization;
        var pool = new Core.Buffers.BufferPool();
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                Once();
        }));

        void Once()
        {
            var buffer = pool.Rent();
            bytes.CopyTo(buffer.Array, 0);
            buffer.Length = bytes.Length;
            SipParser.Parse(buffer, SipLimits.Default, out var message);
            message!.Release();
        }
    }

    [Fact]
    public void A_datagram_of_line_ends_is_a_keep_alive()
    {
        Assert.True(SipParser.IsKeepAlive("\r\n\r\n"u8));
        Assert.True(SipParser.IsKeepAlive(""u8));
        Assert.False(SipParser.IsKeepAlive("\r\nOPTIONS"u8));
        Assert.Equal(SipRejection.NotSip, Parse(Encoding.ASCII.GetBytes("\r\n\r\n"), out _));
    }
}
