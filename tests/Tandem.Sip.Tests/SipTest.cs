using System.Text;
using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Wire;

namespace Tandem.Sip.Tests;

/// <summary>Short forms that the tests of messages share.</summary>
internal static class SipTest
{
    public static SipRejection Parse(byte[] bytes, out SipMessage? message, SipLimits? limits = null) =>
        SipParser.Parse(PooledBuffer.Copy(bytes), limits ?? SipLimits.Default, out message);

    public static SipRejection Parse(string text, out SipMessage? message, SipLimits? limits = null) =>
        Parse(WireText.ToBytes(text), out message, limits);

    public static SipMessage Good(byte[] bytes)
    {
        var rejection = Parse(bytes, out var message);
        Assert.Equal(SipRejection.None, rejection);
        return message!;
    }

    public static SipMessage Good(string text) => Good(WireText.ToBytes(text));

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A well-formed OPTIONS with some of its lines replaced or more lines added.</summary>
    public static byte[] Request(
        string start = "OPTIONS sip:100@example.com SIP/2.0",
        string via = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
        string from = "From: <sip:a@example.com>;tag=1",
        string to = "To: <sip:100@example.com>",
        string callId = "Call-ID: 1@example.com",
        string cseq = "CSeq: 1 OPTIONS",
        string extra = "Max-Forwards: 70",
        string body = "")
    {
        string[] lines = [start, via, from, to, callId, cseq, extra];
        return Encoding.UTF8.GetBytes(string.Join("\r\n", lines.Where(line => line.Length > 0)) + "\r\n\r\n" + body);
    }
}
