using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 5621 §4.2, §6, §8; RFC 3261 §20.11.</summary>
public class SessionBodiesTests
{
    private const string Mixed = "Content-Type: multipart/mixed;boundary=b";

    [Theory]
    [InlineData("Content-Type: application/sdp", "v=0", SessionBody.Sdp, "v=0")]
    [InlineData("Content-Type: application/sdp", "", SessionBody.None, "")]
    [InlineData("Content-Type: text/plain", "hi", SessionBody.Unknown, "")]
    [InlineData("Subject: no type", "hi", SessionBody.Unknown, "")]
    [InlineData("Content-Type: text/plain\r\nContent-Disposition: render;handling=optional", "hi", SessionBody.None, "")]
    [InlineData("Content-Type: text/plain\r\nContent-Disposition: render; Handling = Required", "hi", SessionBody.Unknown, "")]
    public void A_single_body_is_sdp_or_must_be_optional(string headers, string body, SessionBody expected, string sdp) =>
        Holds(headers, body, expected, sdp);

    [Theory]
    // ISUP beside the offer, as gateways send it (RFC 3204), before and behind it.
    [InlineData("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/ISUP;version=itu\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\r\n--b--", SessionBody.Sdp, "v=0")]
    [InlineData("--b\r\nContent-Type: application/ISUP\r\n\r\n\u0001\r\n--b\r\nContent-Type: application/sdp\r\nContent-Disposition: session;handling=required\r\n\r\nv=0\r\n--b--", SessionBody.Sdp, "v=0")]
    // A location alone: a request for an offer.
    [InlineData("--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n<presence/>\r\n--b--", SessionBody.None, "")]
    // What is required and not understood.
    [InlineData("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/x\r\nContent-Disposition: signal;handling=required\r\n\r\nx\r\n--b--", SessionBody.Unknown, "")]
    // RFC 3959: the offer of an early session is not the session's.
    [InlineData("--b\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nv=1\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--", SessionBody.Sdp, "v=0")]
    // The first session counts in a mixed body.
    [InlineData("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=1\r\n--b--", SessionBody.Sdp, "v=0")]
    [InlineData("--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--c--\r\n--b--", SessionBody.Sdp, "v=0")]
    // A required part in a nested body that need not be understood as a whole.
    [InlineData("--b\r\nContent-Type: multipart/mixed;boundary=c\r\nContent-Disposition: render;handling=optional\r\n\r\n--c\r\nContent-Type: a/b\r\nContent-Disposition: x;handling=required\r\n\r\nx\r\n--c--\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--", SessionBody.Sdp, "v=0")]
    [InlineData("--b\r\nContent-Type: application/sdp\r\n\r\n\r\n--b--", SessionBody.None, "")]
    [InlineData("no boundary at all", SessionBody.None, "")]
    public void Parts_beside_the_session_are_left_out_unless_they_are_required(string body, SessionBody expected, string sdp) =>
        Holds(Mixed, body, expected, sdp);

    // RFC 5621 §6.1, §8.2: the last part that is understood, whatever the handling of the others.
    [Fact]
    public void Of_alternatives_the_last_that_is_understood_counts() => Holds(
        "Content-Type: multipart/alternative;boundary=b",
        "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=1\r\n"
        + "--b\r\nContent-Type: application/sdpng\r\nContent-Disposition: session;handling=required\r\n\r\nx\r\n--b--",
        SessionBody.Sdp,
        "v=1");

    [Fact]
    public void A_multipart_that_is_optional_as_a_whole_refuses_nothing() => Holds(
        Mixed + "\r\nContent-Disposition: render;handling=optional",
        "--b\r\nContent-Type: a/b\r\nContent-Disposition: x;handling=required\r\n\r\nx\r\n--b--",
        SessionBody.None,
        "");

    [Fact]
    public void A_multipart_without_a_boundary_is_not_understood() => Holds("Content-Type: multipart/mixed", "--\r\n", SessionBody.Unknown, "");

    private static void Holds(string headers, string body, SessionBody expected, string sdp)
    {
        var message = Good(Request(extra: headers, body: body));
        Assert.Equal(expected, message.ReadSession(out var found));
        Assert.Equal(sdp, Text(found.Span));
        Assert.Equal(sdp, Text(message.Sdp.Span));
    }
}
