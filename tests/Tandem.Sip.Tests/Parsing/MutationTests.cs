using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Torture;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Parsing;

/// <summary>Random damage to good and bad messages, from fixed seeds: a failure names the seed and is repeated by it.</summary>
public class MutationTests
{
    private const int MutationsPerSeed = 2_500;

    private static readonly byte[][] Samples =
        [SipSamples.Invite, SipSamples.InviteOk, SipSamples.RegisterWithAuthorization, SipSamples.Compact, .. TortureSamples.Names.Select(TortureSamples.Read)];

    // Bytes and words at which parsers go wrong.
    private static readonly byte[][] Fragments =
    [
        .. new[]
        {
            "\r\n", "\r", "\n", "\0", "\"", "\\", "<", ">", ",", ";", "=", ":", "@", "%", "%0d%0a", "[", "]", "/", "?", "*", " ", "\t", "\r\n ", "\r\n\r\n",
            "-1", "4294967296", "99999999999999999999", "l: 3\r\n", "Via: x\r\n", "i: 1\r\n", "SIP/2.0", "sip:", "tel:", "ä", "\u007f", ";;", ",,", "--", "boundary=",
            "Content-Type: multipart/mixed;boundary=a\r\n", "--a\r\n", "<sip:a@[::1]>", ";lr", ";tag=", "rport", "ACK", "\\\0",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Nothing_throws_and_what_is_accepted_can_be_read_and_answered(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < MutationsPerSeed; i++)
        {
            var bytes = Mutate(random);
            try
            {
                accepted += CheckDatagram(bytes) ? 1 : 0;
                CheckStream(bytes, random);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, mutation {i}: {e.Message}\n{Convert.ToBase64String(bytes)}", e);
            }
        }

        // The damage is slight enough that much gets through: otherwise this would test little but refusals.
        Assert.InRange(accepted, MutationsPerSeed / 10, MutationsPerSeed);
    }

    private static bool CheckDatagram(byte[] bytes)
    {
        var rejection = Parse(bytes, out var message);
        if (message is null)
        {
            Assert.NotEqual(SipRejection.None, rejection);
            return false;
        }

        MessageProbe.Read(message);
        if (rejection != SipRejection.None)
        {
            Assert.NotNull(SipRejections.AnswerFor(rejection));
            Assert.True(message.IsRequest && message.TryGetTopVia(out _) && message.Has(HeaderName.CSeq));
            MessageProbe.Answer(message, 400);
            return false;
        }

        // What was accepted is accepted again when we send it on, and says the same.
        var once = MessageProbe.Rewrite(message);
        var twice = MessageProbe.Rewrite(Good(once));
        Assert.Equal(once, twice);
        if (message.IsRequest && message.Method != SipMethod.Ack)
        {
            var answer = Good(MessageProbe.Answer(message, 200));
            Assert.Equal(message.CSeq, answer.CSeq);
            Assert.True(answer.CallId.SequenceEqual(message.CallId));
            Assert.True(answer.ToTag.Length > 0);
        }

        return true;
    }

    // The framer and the parser must agree where a message ends: a byte of difference is a smuggled request.
    private static void CheckStream(byte[] bytes, Random random)
    {
        var framer = new SipStreamFramer(SipLimits.Default);
        var results = 0;
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, 700), bytes.Length - at);
            framer.Push(bytes.AsSpan(at, size));
            at += size;
            FrameResult result;
            while ((result = framer.TryTake(out var frame)) is not (FrameResult.NeedMore or FrameResult.Broken))
            {
                Assert.True(++results <= bytes.Length, "the framer does not come to an end");
                if (result == FrameResult.Message)
                    CheckFrame(frame!);
            }
        }
    }

    private static void CheckFrame(PooledBuffer frame)
    {
        var length = frame.Length;
        var rejection = SipParser.Parse(frame, SipLimits.Default, out var message);
        if (rejection != SipRejection.None)
            return;

        Assert.Equal(length, message!.Bytes.Length);
        Assert.True(message.Body.IsEmpty || message.Bytes.EndsWith(message.Body));
        Assert.True(message.TryGetHeader(HeaderName.ContentLength, out var text));
        Assert.True(SipText.TryParseNumber(text, int.MaxValue, out var contentLength));
        Assert.Equal(contentLength, message.Body.Length);
        Assert.Equal(length - contentLength, message.Bytes.IndexOf("\r\n\r\n"u8) + 4);
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Samples[random.Next(Samples.Length)]];
        for (var n = random.Next(1, 4); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.InsertRange(at, Fragments[random.Next(Fragments.Length)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(Math.Min(at, bytes.Count), Fragments[random.Next(Fragments.Length)]);
                    break;
                case 5:
                    var other = Samples[random.Next(Samples.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 80), other.Length - from)).ToArray());
                    break;
                default:
                    if (random.Next(4) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    else
                        bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
