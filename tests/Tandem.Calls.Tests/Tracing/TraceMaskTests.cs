using System.Text;

namespace Tandem.Calls.Tracing;

public class TraceMaskTests
{
    [Theory]
    [InlineData("Authorization: Digest username=\"a\", nonce=\"n\", response=\"0123abcd\", uri=\"sip:x\"", "0123abcd")]
    [InlineData("authorization : Digest response = \"0123abcd\"", "0123abcd")]
    [InlineData("Proxy-Authorization: DIGEST username=\"a\",response=0123abcd,uri=\"sip:x\"", "0123abcd")]
    [InlineData("Authorization: Digest username=\"a\",\r\n response=\"0123abcd\"", "0123abcd")]
    [InlineData("Authorization: Basic 0123abcd", "0123abcd")]
    [InlineData("Authentication-Info: rspauth=\"0123abcd\"", "0123abcd")]
    public void What_proves_a_password_is_hidden(string header, string secret)
    {
        var message = $"REGISTER sip:x SIP/2.0\r\nCall-ID: a\r\n{header}\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
        var masked = Mask(message, hideDigits: true);
        Assert.Equal(message.Replace(secret, new string('x', secret.Length)), masked);
    }

    // Who refuses a request may repeat it.
    [Theory]
    [InlineData("SIP/2.0 403 Digest username=\"a\", response=\"0123abcd\"\r\nCall-ID: a\r\n\r\n")]
    [InlineData("SIP/2.0 403 No response=0123abcd, response=0123abcd\r\nCall-ID: a\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nWarning: 399 x \"Digest response=0123abcd\"\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nContent-Type: text/plain\r\n\r\nREGISTER sip:x\r\nAuthorization: Digest response=\"0123abcd\"\r\n")]
    [InlineData("SIP/2.0 403 Digest Response=\"0123abcd\"\r\nCall-ID: a\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nWarning: 399 x \"response=0123abcd\"\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nWarning: 399 x \"RESPONSE\t= 0123abcd\"\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nReason: SIP;cause=403;text=\"response=\\\"0123abcd\\\"\"\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nCall-ID: a\r\nReason: SIP;response=0123abcd\r\n\r\n")]
    public void What_a_refusal_repeats_is_hidden(string message)
    {
        var masked = Mask(message, hideDigits: false);
        Assert.DoesNotContain("0123abcd", masked, StringComparison.Ordinal);
        Assert.Equal(message.Length, masked.Length);
        Assert.Matches("(?i)response\\s*=", masked);
    }

    // A whole message of them, and other words that end or begin so.
    [Fact]
    public void It_is_found_behind_any_number_of_others()
    {
        var many = string.Concat(Enumerable.Repeat("response ", 7_000));
        var message = $"SIP/2.0 403 No\r\nCall-ID: a\r\n\r\n{many}RESPONSES=1 noresponse=2 response=0123abcd";
        Assert.Equal(message.Replace("0123abcd", "xxxxxxxx", StringComparison.Ordinal), Mask(message, hideDigits: false));
    }

    [Fact]
    public void The_rest_of_the_credentials_stays() =>
        Assert.Contains("username=\"100\", realm=\"tandem\", nonce=\"abc\"", Mask("INVITE sip:x SIP/2.0\r\nAuthorization: Digest username=\"100\", realm=\"tandem\", nonce=\"abc\", response=\"s\"\r\n\r\n", true));

    [Theory]
    // RFC 4568 §6.1
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4", "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz")]
    // RFC 8839 §5.4
    [InlineData("a=ice-pwd:asd88fgpdd777uzjYhagZg", "asd88fgpdd777uzjYhagZg")]
    // RFC 4566 §5.12
    [InlineData("k=clear:opensesame", "clear:opensesame")]
    public void Keys_of_media_are_hidden(string line, string secret)
    {
        var message = $"INVITE sip:x SIP/2.0\r\nCall-ID: a\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n{line}\r\na=sendrecv\r\n";
        Assert.Equal(message.Replace(secret, new string('x', secret.Length)), Mask(message, true));
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "Signal=x\r\nDuration=160\r\n")]
    [InlineData("application/dtmf-relay", "Signal= #\r\n", "Signal= x\r\n")]
    [InlineData("application/dtmf", "5", "x")]
    [InlineData("text/plain", "Signal=5\r\n", "Signal=5\r\n")]
    public void Digits_are_hidden_when_they_are_to_be(string type, string body, string masked)
    {
        var head = $"INFO sip:x SIP/2.0\r\nCall-ID: a\r\nc: {type}\r\n\r\n";
        Assert.Equal(head + masked, Mask(head + body, true));
        Assert.Equal(head + body, Mask(head + body, false));
    }

    private static string Mask(string message, bool hideDigits)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        TraceMask.Apply(bytes, hideDigits);
        return Encoding.UTF8.GetString(bytes);
    }
}
