using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Fuzz.Targets;

/// <summary>Credentials against the server, and challenges against the client: nobody gets in by noise, and the client never answers another realm.</summary>
internal static class DigestTarget
{
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000209, 5060);
    private static readonly DigestAuthenticator Server = new(new DigestOptions { AcceptNoQop = true });
    private static readonly Nobody Users = new();

    public static int Run(byte[] input)
    {
        var line = Encoding.Latin1.GetString(input);
        if (line.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            return -1;

        var request = Parse($"REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:100@a>;tag=1\r\nTo: <sip:100@a>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nAuthorization: {line}\r\n\r\n");
        var outcome = request is null ? (DigestOutcome)255 : Server.Check(request, false, Users, Source, Moment.FromMilliseconds(1_000)).Outcome;
        Check.That(outcome != DigestOutcome.Ok, "somebody got in");
        request?.Release();

        var response = Parse($"SIP/2.0 401 x\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:100@a>;tag=1\r\nTo: <sip:100@a>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: {line}\r\n\r\n");
        var answered = (DigestClientOutcome)255;
        if (response is not null)
        {
            var client = new DigestClient(new DigestAccount("100", new Secret("s3cret"), "a", "tandem"), new Random(1));
            answered = client.Answer(response, "REGISTER", "sip:a", "a", out _, out var value);
            Check.That(answered == DigestClientOutcome.Answered == value.Length > 0, "an answer without a value");
            if (value.Length > 0)
            {
                Check.That(value.Contains("realm=\"tandem\"", StringComparison.Ordinal), "another realm was answered");
                Check.That(AuthenticationValue.TryParse(Encoding.UTF8.GetBytes(value), out _), "the answer is not well-formed");
            }

            response.Release();
        }

        return HashCode.Combine((int)outcome, (int)answered);
    }

    private static SipMessage? Parse(string text)
    {
        var rejection = SipParser.Parse(PooledBuffer.Copy(Encoding.Latin1.GetBytes(text)), SipLimits.Default, out var message);
        return rejection == SipRejection.None ? message : null;
    }

    private sealed class Nobody : IDigestUsers
    {
        private readonly Secret _secret = new("s3cret");

        public bool TryFind(ReadOnlySpan<byte> name, out DigestUser user)
        {
            user = new DigestUser("100", _secret);
            return true;
        }
    }
}
