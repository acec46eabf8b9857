using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;

namespace Tandem.TransportBench;

/// <summary>Processor time of one challenge and of one check, the best of some rounds.</summary>
internal static class DigestBench
{
    private const int Requests = 20_000;

    public static void Run()
    {
        foreach (var algorithm in new[] { DigestAlgorithm.Md5, DigestAlgorithm.Sha256 })
        {
            var (challenge, check, bytes) = (double.MaxValue, double.MaxValue, 0.0);
            for (var round = 0; round < 8; round++)
            {
                var result = Measure(algorithm);
                challenge = Math.Min(challenge, result.Challenge);
                check = Math.Min(check, result.Check);
                bytes = result.Bytes;
            }

            Console.WriteLine($"{algorithm}: challenge {challenge:0.00} us, check {check:0.00} us, {bytes:0} bytes allocated a check");
        }
    }

    private static (double Challenge, double Check, double Bytes) Measure(DigestAlgorithm algorithm)
    {
        var authenticator = new DigestAuthenticator(new DigestOptions());
        var users = new OneUser();
        var source = NetAddress.FromV4(0x7F000001, 5060);
        var now = Moment.FromMilliseconds(1_000);
        var plain = Parse("");
        var nonces = new string[Requests];
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Requests; i++)
        {
            var writer = SipWriter.Response(401);
            authenticator.WriteChallenges(writer, false, new DigestResult(DigestOutcome.NoCredentials), source, now);
            var answer = writer.Finish();
            var start = answer.Span.IndexOf("nonce=\""u8) + 7;
            nonces[i] = Encoding.ASCII.GetString(answer.Span.Slice(start, 40));
            answer.Release();
        }

        var challenge = (Environment.CpuUsage.TotalTime - began).TotalMicroseconds / Requests;
        var requests = Array.ConvertAll(nonces, nonce => Parse(Credentials(algorithm, nonce)));
        GC.Collect();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        began = Environment.CpuUsage.TotalTime;
        foreach (var request in requests)
        {
            if (!authenticator.Check(request, false, users, source, now).IsOk)
                throw new InvalidOperationException("the right credentials were refused");
        }

        var check = (Environment.CpuUsage.TotalTime - began).TotalMicroseconds / Requests;
        GC.KeepAlive(plain);
        return (challenge, check, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Requests);
    }

    private static SipMessage Parse(string line)
    {
        var text = "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
            + "From: <sip:100@127.0.0.1>;tag=1\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 2 REGISTER\r\n"
            + $"Contact: <sip:100@127.0.0.1:5062>\r\n{line}Content-Length: 0\r\n\r\n";
        SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(text)), SipLimits.Default, out var message);
        return message!;
    }

    private static string Credentials(DigestAlgorithm algorithm, string nonce)
    {
        Span<byte> hashA1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = DigestCalculator.HashA1(algorithm, "100"u8, "tandem"u8, "secret"u8, hashA1);
        Span<byte> response = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        var used = DigestCalculator.Response(
            algorithm, hashA1[..length], Encoding.ASCII.GetBytes(nonce), "00000001"u8, "0a4f113b"u8, "auth"u8, "REGISTER"u8, "sip:127.0.0.1"u8, response);
        var name = algorithm == DigestAlgorithm.Md5 ? "MD5" : "SHA-256";
        return $"Authorization: Digest username=\"100\", realm=\"tandem\", nonce=\"{nonce}\", uri=\"sip:127.0.0.1\", algorithm={name}, "
            + $"qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"{Convert.ToHexStringLower(response[..used])}\"\r\n";
    }

    private sealed class OneUser : IDigestUsers
    {
        private readonly DigestUser _user = new("100", new Secret("secret"));

        public bool TryFind(ReadOnlySpan<byte> name, out DigestUser user)
        {
            user = _user;
            return name.SequenceEqual("100"u8);
        }
    }
}
