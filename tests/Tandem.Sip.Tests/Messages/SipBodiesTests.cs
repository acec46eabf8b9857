using System.Text;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Torture;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 5621 §3, RFC 2046 §5.1.1.</summary>
public class SipBodiesTests
{
    [Theory]
    [InlineData("application/sdp", "v=0", "v=0")]
    [InlineData("Application / SDP;charset=utf-8", "v=0", "v=0")]
    [InlineData("text/plain", "v=0", null)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\ncontent-type : application/sdp\r\nX: y\r\n\r\nv=0\r\n--b--\r\n", "v=0")]
    [InlineData("multipart/mixed;boundary=\"b\"", "preamble --b\r\n--b  \r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--bb\r\n--b--", "v=0\r\n--bb")]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\nno end", "no end")]
    [InlineData("multipart/mixed;boundary=b", "--b--\r\nContent-Type: application/sdp\r\n\r\nv=0", null)]
    [InlineData("multipart/mixed;boundary=b", "--b\r\n\r\nno type\r\n--b--", null)]
    [InlineData("multipart/mixed", "--\r\nContent-Type: application/sdp\r\n\r\nv=0", null)]
    [InlineData("multipart/mixed;boundary=a", "--a\r\nContent-Type: multipart/alternative;boundary=b\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\nin\r\n--b--\r\n--a--", "in")]
    public void The_part_of_a_type_is_found(string contentType, string body, string? expected)
    {
        var message = Good(Request(extra: "Content-Type: " + contentType, body: body));

        Assert.Equal(expected is not null, message.TryGetBody("application/sdp"u8, out var found));
        Assert.Equal(expected ?? "", Text(found));
    }

    // RFC 4475 §3.1.1.11
    [Fact]
    public void A_multipart_with_binary_gives_both_parts()
    {
        var message = Good(TortureSamples.Read("mpart01.dat"));
        Assert.True(SipBodies.IsMultipart("multipart/mixed;boundary=7a9cbec02ceef655"u8, out var boundary));
        var types = new List<string>();
        foreach (var part in SipBodies.Parts(message.Body, boundary))
            types.Add(Text(part.ContentType));

        Assert.Equal(["text/plain", "application/octet-stream"], types);
        Assert.True(message.TryGetBody("text/plain"u8, out var text));
        Assert.Equal("Hello", Text(text));
    }

    [Theory]
    [InlineData(3, SipRejection.None)]
    [InlineData(4, SipRejection.NestingTooDeep)]
    [InlineData(500, SipRejection.NestingTooDeep)]
    public void Nesting_has_a_limit(int depth, SipRejection expected)
    {
        var body = new StringBuilder();
        for (var i = 1; i < depth; i++)
            body.Append($"--b{i}\r\nContent-Type: multipart/mixed;boundary=b{i + 1}\r\n\r\n");

        Assert.Equal(expected, Parse(Request(extra: "Content-Type: multipart/mixed;boundary=b1", body: body.ToString()), out _));
    }
}
