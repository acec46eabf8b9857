using System.Text;

namespace Tandem.Fuzz;

/// <summary>Structured mutation: it knows where SIP and SDP are cut, and with what parsers are usually broken.</summary>
public sealed class Mutator(Random random)
{
    public const int MaxBytes = 8_192;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n", "\r", "\n", "\0", "\r\n ", "\r\n\r\n", " ", "\t", "\"", "\\", "\\\"", "<", ">", ",", ";", ":", "=", "@", "?", "&", "%", "%00", "%0d%0a", "%zz", "/", "(", ")", "[", "]", "*", "{", "}",
            "sip:", "sips:", "tel:", "SIP/2.0", "SIP/2.0/UDP", "z9hG4bK", ";lr", ";tag=", ";branch=", ";rport", ";received=", ";maddr=", ";ttl=", ";expires=", ";q=", "q=1.0001", "<sip:a@b>", "\"a\" <sip:a@b;x=y?z=w>;p=q",
            "Via: ", "v:", "l: 0\r\n", "Content-Length: 4294967296\r\n", "CSeq: 1 ACK\r\n", "To: <sip:a@b>;tag=1\r\n", "Require: x\r\n", "Contact: *\r\n", "Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\n",
            "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "é", "\u2028", "[::1]", "[::ffff:1.2.3.4]", "1.2.3.4", "256.0.0.1", "0.0.0.0", "a.b.c.",
            "Digest ", "realm=", "nonce=\"", "nc=00000001", "qop=auth-int", "algorithm=SHA-256", "stale=TRUE", "m=audio 0 RTP/AVP 0\r\n", "a=rtcp:0\r\n", "c=IN IP6 ::1\r\n", "o=- 0 0 IN IP4 a\r\n", "a=sendonly\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "18446744073709551616", "00000000000000000001", "0.999", "1.0001"];

    private static readonly byte[] Cuts = ";,:=@<>\" /?&\r\n"u8.ToArray();

    /// <summary>A mutant of <paramref name="seed"/>; <paramref name="other"/> gives pieces.</summary>
    public byte[] Mutate(byte[] seed, byte[] other)
    {
        List<byte> bytes = [.. seed];
        for (var n = random.Next(1, 5); n > 0; n--)
            Step(bytes, other);

        if (bytes.Count > MaxBytes)
            bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, byte[] other)
    {
        if (bytes.Count == 0)
        {
            bytes.AddRange(Words[random.Next(Words.Length)]);
            return;
        }

        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 24), bytes.Count - at);
        switch (random.Next(12))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
            case 3:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 100), other.Length - from)));
                break;
            case 7:
                ReplaceNumber(bytes, at);
                break;
            case 8:
                RepeatPart(bytes, at);
                break;
            case 9:
                SwapParts(bytes, at);
                break;
            case 10:
                var (start, end) = PartAt(bytes, at);
                bytes.RemoveRange(start, end - start);
                bytes.InsertRange(start, Words[random.Next(Words.Length)]);
                break;
            default:
                if (random.Next(4) == 0)
                    bytes.RemoveRange(at, bytes.Count - at);
                else
                    bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(1, 300)));
                break;
        }
    }

    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return;

        var end = start;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9')
            end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));
    }

    private void RepeatPart(List<byte> bytes, int at)
    {
        var (start, end) = PartAt(bytes, at);
        var part = bytes.GetRange(start, Math.Min(end + 1, bytes.Count) - start);
        for (var n = random.Next(1, 70); n > 0 && bytes.Count < MaxBytes; n--)
            bytes.InsertRange(start, part);
    }

    private void SwapParts(List<byte> bytes, int at)
    {
        var (start, end) = PartAt(bytes, at);
        var part = bytes.GetRange(start, end - start);
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(bytes.Count == 0 ? 0 : random.Next(bytes.Count), part);
    }

    private static (int Start, int End) PartAt(List<byte> bytes, int at)
    {
        var start = at;
        while (start > 0 && !Cuts.Contains(bytes[start - 1]))
            start--;
        var end = at;
        while (end < bytes.Count && !Cuts.Contains(bytes[end]))
            end++;
        return (start, end);
    }
}
