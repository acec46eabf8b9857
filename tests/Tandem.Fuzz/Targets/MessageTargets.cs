using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;
using Tandem.Testing.Wire;

namespace Tandem.Fuzz.Targets;

/// <summary>Whole messages: the parser, and the framer of streams.</summary>
internal static class MessageTargets
{
    private static readonly SipLimits Limits = SipLimits.Default;

    /// <summary>What is accepted is read, answered and written again, reads the same then, and reads so for a strict reader too.</summary>
    public static int Message(byte[] input)
    {
        var rejection = SipParser.Parse(PooledBuffer.Copy(input), Limits, out var message);
        if (message is null)
        {
            Check.That(rejection != SipRejection.None, "accepted, and no message");
            return (int)rejection;
        }

        var signature = HashCode.Combine((int)rejection, (int)message.Method, Math.Min(message.Headers.Length, 20), Math.Min(message.Body.Length, 3));
        signature = HashCode.Combine(signature, ReadAll(message));
        if (message.IsRequest && message.Method != SipMethod.Ack)
            SipResponses.To(message, 400, "", "t"u8).Finish().Release();
        if (rejection == SipRejection.None)
        {
            var once = Rewrite(message);
            Check.That(SipParser.Parse(PooledBuffer.Copy(once), Limits, out var again) == SipRejection.None, "what was written is not accepted");
            Check.That(once.AsSpan().SequenceEqual(Rewrite(again!)), "written twice is not written once");
            Check.That(StrictReader.Read(input, out var why) is { } strict && strict.Body.AsSpan().SequenceEqual(message.Body), "a strict reader: " + why);
            again!.Release();
        }

        message.Release();
        return signature;
    }

    /// <summary>The first byte says in which pieces the rest arrives. Framer and parser agree where a message ends.</summary>
    public static int Framer(byte[] input)
    {
        if (input.Length == 0)
            return 0;

        var framer = new SipStreamFramer(Limits);
        var piece = Math.Max(1, (int)input[0]);
        var signature = new HashCode();
        var results = 0;
        for (var at = 1; at < input.Length; at += piece)
        {
            framer.Push(input.AsSpan(at, Math.Min(piece, input.Length - at)));
            FrameResult result;
            while ((result = framer.TryTake(out var frame)) is not FrameResult.NeedMore)
            {
                signature.Add((int)result);
                Check.That(++results <= input.Length, "the framer does not come to an end");
                if (frame is not null && result == FrameResult.Message)
                    CheckFrame(frame);
                else
                    frame?.Release();
                if (result == FrameResult.Broken)
                    return HashCode.Combine(signature.ToHashCode(), (int)framer.Rejection);
            }

            Check.That(framer.Buffered <= Limits.MaxMessageBytes + 256, "the framer keeps more than one message");
        }

        return signature.ToHashCode();
    }

    private static void CheckFrame(PooledBuffer frame)
    {
        var length = frame.Length;
        if (SipParser.Parse(frame, Limits, out var message) == SipRejection.None)
        {
            Check.That(message!.Bytes.Length == length, "the frame and the message differ in length");
            Check.That(message.Body.IsEmpty || message.Bytes.EndsWith(message.Body), "bytes behind the body");
        }

        message?.Release();
    }

    private static int ReadAll(SipMessage message)
    {
        var sum = message.MaxForwards + (int)message.CSeq + message.FromTag.Length + message.ToTag.Length;
        sum += message.TryGetTopVia(out var via) ? via.Branch.Length + via.Port : 0;
        var session = message.ReadSession(out var sdp);
        Check.That((session == SessionBody.Sdp) == !sdp.IsEmpty && (sdp.IsEmpty || message.Body.Overlaps(sdp.Span)), "a session that is not in the body");
        sum += (int)session * 40;
        sum += message.TryGetContact(out var contact) ? contact.Q : 0;
        sum += message.TryGetRAck(out _) ? 1 : 0;
        sum += message.TryGetSessionExpires(out _) ? 2 : 0;
        sum += message.TryGetBody("application/sdp"u8, out _) ? 4 : 0;
        foreach (ref readonly var field in message.Headers)
        {
            foreach (var element in message.Values(field.Name))
                sum += NameAddrValue.TryParse(element, out var address) ? address.TextOfDisplayName().Length : 1;
        }

        return Math.Min(sum, 200) / 10;
    }

    private static byte[] Rewrite(SipMessage message)
    {
        var writer = message.IsRequest ? SipWriter.Request(message.MethodText, message.RequestUri) : SipWriter.Response(message.StatusCode, message.ReasonPhrase);
        foreach (ref readonly var field in message.Headers)
        {
            if (field.Name is not (HeaderName.ContentLength or HeaderName.ContentType))
                writer.Copy(message, field);
        }

        var type = message.TryGetHeader(HeaderName.ContentType, out var value) ? value : "application/octet-stream"u8;
        var buffer = message.Body.Length == 0 ? writer.Finish() : writer.Finish(type, message.Body);
        var bytes = buffer.Span.ToArray();
        buffer.Release();
        return bytes;
    }
}
