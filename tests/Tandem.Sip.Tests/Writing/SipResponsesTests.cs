using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Writing;

/// <summary>RFC 3261 §8.2.6, §12.1.1.</summary>
public class SipResponsesTests
{
    private const string Head = """
        Via: SIP/2.0/UDP a;branch=z9hG4bK1
        Via: SIP/2.0/UDP b, SIP/2.0/UDP c
        Record-Route: <sip:p1;lr>
        Record-Route: <sip:p2;lr>
        From: <sip:100@x.example>;tag=f
        To: <sip:101@x.example>
        Call-ID: id
        Timestamp: 54
        Subject: lunch
        Content-Length: 0


        """;

    [Fact]
    public void A_dialog_forming_response_copies_the_head_and_the_route()
    {
        var request = Good("INVITE sip:101@x.example SIP/2.0\r\nCSeq: 3 INVITE\r\n" + Head);

        Assert.Equal(
            """
            SIP/2.0 180 Ringing
            Via: SIP/2.0/UDP a;branch=z9hG4bK1
            Via: SIP/2.0/UDP b, SIP/2.0/UDP c
            Record-Route: <sip:p1;lr>
            Record-Route: <sip:p2;lr>
            From: <sip:100@x.example>;tag=f
            To: <sip:101@x.example>;tag=mine
            Call-ID: id
            CSeq: 3 INVITE
            Content-Length: 0


            """.ReplaceLineEndings("\r\n"),
            Text(SipResponses.To(request, 180, toTag: "mine"u8).Finish().Span));
    }

    [Theory]
    [InlineData("INVITE", 100, false, true)]
    [InlineData("INVITE", 183, true, false)]
    [InlineData("INVITE", 200, true, false)]
    [InlineData("INVITE", 302, false, false)]
    [InlineData("INVITE", 486, false, false)]
    [InlineData("SUBSCRIBE", 200, true, false)]
    [InlineData("BYE", 200, false, false)]
    [InlineData("REGISTER", 200, false, false)]
    public void Record_Route_and_Timestamp_are_copied_where_they_belong(string method, int status, bool route, bool timestamp)
    {
        var request = Good($"{method} sip:101@x.example SIP/2.0\r\nCSeq: 3 {method}\r\n" + Head);
        var text = Text(SipResponses.To(request, status).Finish().Span);

        Assert.Equal(route, text.Contains("Record-Route: <sip:p1;lr>", StringComparison.Ordinal));
        Assert.Equal(timestamp, text.Contains("Timestamp: 54", StringComparison.Ordinal));
        Assert.DoesNotContain("tag=mine", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Subject", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_there_stays()
    {
        var request = Good(SipSamples.Invite);
        var tagged = Good(Text(SipSamples.Invite).Replace("To: <sip:101@192.0.2.10>", "To: <sip:101@192.0.2.10>;tag=there", StringComparison.Ordinal));

        Assert.Contains("tag=mine", Text(SipResponses.To(request, 200, toTag: "mine"u8).Finish().Span), StringComparison.Ordinal);
        Assert.DoesNotContain("tag=mine", Text(SipResponses.To(tagged, 200, toTag: "mine"u8).Finish().Span), StringComparison.Ordinal);
    }

    // Whatever the parser hands up with a rejection can be answered, and the answer is well-formed where the request was.
    [Fact]
    public void Every_rejection_has_an_answer_or_silence()
    {
        foreach (var rejection in Enum.GetValues<SipRejection>())
        {
            var answer = SipRejections.AnswerFor(rejection);
            if (rejection is SipRejection.None or SipRejection.NotSip or SipRejection.NoUsableHead or SipRejection.BadStatusLine)
                Assert.Null(answer);
            else
                Assert.InRange(answer!.Value.Status, 400, 513);
        }

        Assert.Equal(SipRejection.DuplicateHeader, Parse(Request(extra: "Max-Forwards: 70\r\nCall-ID: second"), out var twice));
        var text = Text(SipResponses.To(twice!, 400).Finish().Span);
        Assert.Contains("Call-ID: 1@example.com\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("second", text, StringComparison.Ordinal);

        Assert.Equal(SipRejection.MissingHeader, Parse(Request(callId: "", from: ""), out var poor));
        Assert.Contains("CSeq: 1 OPTIONS\r\n", Text(SipResponses.To(poor!, 400).Finish().Span), StringComparison.Ordinal);
    }
}
