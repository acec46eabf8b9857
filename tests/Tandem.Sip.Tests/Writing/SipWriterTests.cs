using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Writing;

public class SipWriterTests
{
    [Fact]
    public void A_request_is_written_as_it_reads()
    {
        var buffer = SipWriter.Request(SipMethod.Invite, "sip:101@b.example"u8)
            .Header(HeaderName.Via, "SIP/2.0/UDP h;branch=z9hG4bKx"u8)
            .Header(HeaderName.From, "\"Zoë\" <sip:100@b.example>;tag=1")
            .Header(HeaderName.To, "<sip:101@b.example>"u8)
            .Header(HeaderName.CallId, "abc")
            .Begin(HeaderName.CSeq).Append(7).Append(" "u8).Append("INVITE").End()
            .Header(HeaderName.MaxForwards, 70)
            .Header("X-Trace"u8, "t1"u8)
            .Finish("application/sdp"u8, "v=0\r\n"u8);

        Assert.Equal(
            """
            INVITE sip:101@b.example SIP/2.0
            Via: SIP/2.0/UDP h;branch=z9hG4bKx
            From: "Zoë" <sip:100@b.example>;tag=1
            To: <sip:101@b.example>
            Call-ID: abc
            CSeq: 7 INVITE
            Max-Forwards: 70
            X-Trace: t1
            Content-Type: application/sdp
            Content-Length: 5

            v=0

            """.ReplaceLineEndings("\r\n"),
            Text(buffer.Span));
    }

    [Theory]
    [InlineData(200, "", "SIP/2.0 200 OK\r\n")]
    [InlineData(486, "Busy with dinner", "SIP/2.0 486 Busy with dinner\r\n")]
    [InlineData(499, "", "SIP/2.0 499 Client Error\r\n")]
    public void A_response_has_the_standard_phrase_unless_told(int status, string reason, string expected) =>
        Assert.Equal(expected + "Content-Length: 0\r\n\r\n", Text(SipWriter.Response(status, reason).Finish().Span));

    [Fact]
    public void What_would_break_a_message_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Header(HeaderName.Subject, "a\r\nB: c"));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Header(HeaderName.Subject, "a\nb"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Header(HeaderName.Subject, "a\0b"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Begin(HeaderName.Via).Append("a\rb"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Header("a b"u8, "c"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200).Header(HeaderName.Other, "c"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Response(200, "a\r\nb"));
        Assert.Throws<ArgumentException>(() => SipWriter.Request(SipMethod.Bye, "sip:a b"u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Request(SipMethod.Bye, ""u8));
        Assert.Throws<ArgumentException>(() => SipWriter.Request(SipMethod.Unknown, "sip:a"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => SipWriter.Response(700));
    }

    [Fact]
    public void A_finished_writer_is_used_up()
    {
        var writer = SipWriter.Response(200);
        writer.Finish();

        Assert.Throws<InvalidOperationException>(() => writer.Finish());
    }

    [Fact]
    public void The_buffer_grows_with_the_message()
    {
        var value = new string('x', 5000);
        var writer = SipWriter.Response(200);
        for (var i = 0; i < 10; i++)
            writer.Header(HeaderName.Subject, value);

        var text = Text(writer.Finish("a/b"u8, new byte[20_000]).Span);

        Assert.StartsWith("SIP/2.0 200 OK\r\nSubject: xxxx", text, StringComparison.Ordinal);
        Assert.Equal(10, text.Split("Subject: " + value + "\r\n").Length - 1);
        Assert.EndsWith("Content-Length: 20000\r\n\r\n" + new string('\0', 20_000), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_takes_all_fields_of_a_name_in_order_with_their_long_name()
    {
        var message = Good(SipSamples.Compact);
        var text = Text(SipWriter.Response(200).Copy(message, HeaderName.Via).Copy(message, HeaderName.Contact).Finish().Span);

        Assert.Contains("\r\nVia: SIP / 2.0 / TLS [2001:db8::9:1]:5061", text, StringComparison.Ordinal);
        Assert.Contains("\r\nContact: \"Mr. Watson, Sr.\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffers_go_back_to_the_pool()
    {
        var before = BufferPool.Shared.Retained;
        for (var i = 0; i < 1000; i++)
            SipWriter.Response(200).Header(HeaderName.Subject, "x"u8).Finish().Release();

        Assert.InRange(BufferPool.Shared.Retained, 0, before + 64);
    }
}
