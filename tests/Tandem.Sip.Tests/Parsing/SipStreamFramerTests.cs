using System.Text;
using Tandem.Core.Buffers;
using Tandem.Sip.Parsing;
using Tandem.Testing.Torture;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Parsing;

/// <summary>RFC 3261 §18.3, RFC 5626 §3.5.1.</summary>
public class SipStreamFramerTests
{
    private readonly SipStreamFramer _framer = new(SipLimits.Default);

    [Fact]
    public void Messages_and_keep_alives_come_out_in_order()
    {
        _framer.Push([.. SipSamples.Invite, .. "\r\n\r\n"u8, .. SipSamples.Compact, .. "\r\n"u8, .. SipSamples.InviteOk]);

        AssertMessage(SipSamples.Invite);
        AssertNext(FrameResult.Ping);
        AssertMessage(SipSamples.Compact);
        AssertNext(FrameResult.Pong);
        AssertMessage(SipSamples.InviteOk);
        AssertNext(FrameResult.NeedMore);
        Assert.Equal(0, _framer.Buffered);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Pieces_of_any_size_give_the_same_messages(int size)
    {
        byte[] stream = [.. SipSamples.Invite, .. SipSamples.RegisterWithAuthorization, .. SipSamples.Compact];
        var taken = new List<byte[]>();
        for (var at = 0; at < stream.Length; at += size)
        {
            _framer.Push(stream.AsSpan(at, Math.Min(size, stream.Length - at)));
            while (_framer.TryTake(out var message) == FrameResult.Message)
                taken.Add(Bytes(message!));
        }

        Assert.Equal([Joined(SipSamples.Invite), Joined(SipSamples.RegisterWithAuthorization), Joined(SipSamples.Compact)], taken.Select(Joined));
    }

    [Fact]
    public void No_prefix_of_a_message_is_complete()
    {
        foreach (var sample in new[] { SipSamples.Invite, SipSamples.Compact, SipSamples.InviteOk })
        {
            for (var length = 0; length < sample.Length; length++)
            {
                var framer = new SipStreamFramer(SipLimits.Default);
                framer.Push(sample.AsSpan(0, length));
                Assert.Equal(FrameResult.NeedMore, framer.TryTake(out var message));
                Assert.Null(message);
                framer.Push(sample.AsSpan(length));
                Assert.Equal(FrameResult.Message, framer.TryTake(out message));
                Assert.Equal(Joined(sample), Joined(Bytes(message!)));
            }
        }
    }

    [Fact]
    public void A_ping_in_two_pieces_is_still_a_ping()
    {
        _framer.Push("\r"u8);
        AssertNext(FrameResult.NeedMore);
        _framer.Push("\n"u8);
        AssertNext(FrameResult.Pong);
        _framer.Push("\r\n"u8);
        AssertNext(FrameResult.Ping);
        _framer.Push("\r\n\r"u8);
        AssertNext(FrameResult.NeedMore);
        _framer.Push("\n"u8);
        AssertNext(FrameResult.Ping);
        AssertNext(FrameResult.NeedMore);
    }

    [Theory]
    [InlineData("Max-Forwards: 70", SipRejection.BadContentLength)]
    [InlineData("Content-Length: -1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 1 1", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 99999999999999999999", SipRejection.BadContentLength)]
    [InlineData("Content-Length: 0\r\nl: 0", SipRejection.DuplicateHeader)]
    [InlineData("Content-Length: 65536", SipRejection.MessageTooLarge)]
    [InlineData("Subject: a\nb\r\nContent-Length: 0", SipRejection.BadHeader)]
    [InlineData("Subject: a\rb\r\nContent-Length: 0", SipRejection.BadHeader)]
    public void A_message_whose_end_is_uncertain_breaks_the_stream_with_its_head_to_answer(string field, SipRejection expected)
    {
        var bytes = Request(extra: field);
        _framer.Push(bytes);

        Assert.Equal(FrameResult.Broken, _framer.TryTake(out var head));
        Assert.Equal(expected, _framer.Rejection);
        Assert.NotNull(head);
        SipParser.Parse(head, SipLimits.Default, out var message);
        Assert.True(message!.TryGetHeader(Tandem.Sip.Messages.HeaderName.CallId, out _));

        _framer.Push(bytes);
        Assert.Equal(FrameResult.Broken, _framer.TryTake(out head));
        Assert.Null(head);
        Assert.Equal(0, _framer.Buffered);
    }

    // RFC 4475 §3.1.2.3, §3.3.9: the framing error cannot be recovered from.
    [Theory]
    [InlineData("ncl.dat", SipRejection.BadContentLength)]
    [InlineData("mcl01.dat", SipRejection.DuplicateHeader)]
    public void Framing_errors_of_RFC_4475_close_the_stream(string file, SipRejection expected)
    {
        _framer.Push(TortureSamples.Read(file));
        AssertNext(FrameResult.Broken);
        Assert.Equal(expected, _framer.Rejection);
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData(" OPTIONS")]
    [InlineData("\rOPTIONS")]
    [InlineData("\n\n")]
    public void Bytes_that_cannot_start_a_message_break_the_stream_at_once(string text)
    {
        _framer.Push(Encoding.ASCII.GetBytes(text));
        AssertNext(FrameResult.Broken);
        Assert.Equal(SipRejection.NotSip, _framer.Rejection);
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        var framer = new SipStreamFramer(new SipLimits { MaxMessageBytes = 10_000 });
        var result = FrameResult.NeedMore;
        var most = 0;
        for (var i = 0; i < 100 && result == FrameResult.NeedMore; i++)
        {
            framer.Push(new byte[1000].Select(_ => (byte)'A').ToArray());
            most = Math.Max(most, framer.Buffered);
            result = framer.TryTake(out _);
        }

        Assert.Equal(FrameResult.Broken, result);
        Assert.Equal(SipRejection.MessageTooLarge, framer.Rejection);
        Assert.Equal(11_000, most);
    }

    [Fact]
    public void A_folded_Content_Length_counts()
    {
        _framer.Push(Request(extra: "Content-Length:\r\n 3", body: "abcOPTIONS"));

        Assert.Equal(FrameResult.Message, _framer.TryTake(out var message));
        Assert.EndsWith("\r\n\r\nabc", Text(message!.Span), StringComparison.Ordinal);
        Assert.Equal(7, _framer.Buffered);
    }

    private void AssertNext(FrameResult expected) => Assert.Equal(expected, _framer.TryTake(out _));

    private void AssertMessage(byte[] expected)
    {
        Assert.Equal(FrameResult.Message, _framer.TryTake(out var message));
        Assert.Equal(Joined(expected), Joined(Bytes(message!)));
    }

    // The framer joins folded lines by spaces of the same length, as the parser would.
    private static string Joined(byte[] bytes) => Text(bytes).Replace("\r\n ", "   ", StringComparison.Ordinal);

    private static byte[] Bytes(PooledBuffer buffer)
    {
        var bytes = buffer.Span.ToArray();
        buffer.Release();
        return bytes;
    }
}
