using System.Text;
using System.Text.RegularExpressions;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Sip.Authentication;
using Tandem.Sip.Parsing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Torture;

namespace Tandem.Calls.Tests.Hostile;

/// <summary>
/// RFC 4475 and RFC 5118 through a whole exchange that requires credentials. Three times each: the bytes as they are, from a stranger;
/// the same bytes with the credentials that were asked for; and those with a number of ours instead of the RFC's user (the
/// registered one is 100, the called one 101, whose phone is off), which shows what becomes of a good message further on. 0 is silence.
/// </summary>
public partial class TortureExchangeTests
{
    public static TheoryData<string, int, int, int, string> Rows => new()
    {
        { "wsinv.dat", 481, 481, 481, "4475 3.1.1.1 a To tag of a dialog that does not exist" },
        { "intmeth.dat", 405, 405, 405, "3.1.1.2 an unknown method" },
        { "esc01.dat", 407, 404, 480, "3.1.1.3 escapes in the Request-URI" },
        { "escnull.dat", 404, 404, 200, "3.1.1.4 %00 in the user is not the end of it" },
        { "esc02.dat", 405, 405, 405, "3.1.1.5 RE%47IST%45R is not REGISTER" },
        { "lwsdisp.dat", 200, 200, 200, "3.1.1.6 no space before <" },
        { "longreq.dat", 407, 404, 480, "3.1.1.7 long values" },
        { "dblreq.dat", 404, 404, 200, "3.1.1.8 the second request of the datagram is noise" },
        { "semiuri.dat", 200, 200, 200, "3.1.1.9 semicolon in the user part" },
        { "transports.dat", 200, 200, 200, "3.1.1.10 unknown transports in Via" },
        { "mpart01.dat", 407, 404, 404, "3.1.1.11 multipart MESSAGE" },
        { "unreason.dat", 0, 0, 0, "3.1.1.12 a response of nobody" },
        { "noreason.dat", 0, 0, 0, "3.1.1.13 a response of nobody" },
        { "badinv01.dat", 400, 400, 400, "3.1.2.1 empty elements" },
        { "clerr.dat", 400, 400, 400, "3.1.2.2 Content-Length larger than the message" },
        { "ncl.dat", 400, 400, 400, "3.1.2.3 negative Content-Length" },
        { "scalar02.dat", 400, 400, 400, "3.1.2.4 numbers beyond their range" },
        { "scalarlg.dat", 0, 0, 0, "3.1.2.5 a response with them is dropped" },
        { "quotbal.dat", 400, 400, 400, "3.1.2.6 unterminated quote" },
        { "ltgtruri.dat", 400, 400, 400, "3.1.2.7 <> around the Request-URI" },
        { "lwsruri.dat", 400, 400, 400, "3.1.2.8 blanks in the Request-URI" },
        { "lwsstart.dat", 400, 400, 400, "3.1.2.9 two spaces in the start line" },
        { "trws.dat", 400, 400, 400, "3.1.2.10 blank at the end of the start line" },
        { "escruri.dat", 400, 400, 400, "3.1.2.11 headers in the Request-URI" },
        { "baddate.dat", 407, 404, 480, "3.1.2.12 a bad Date that nobody needs" },
        { "regbadct.dat", 400, 400, 400, "3.1.2.13 ? outside of <>" },
        { "badaspec.dat", 400, 400, 400, "3.1.2.14 blanks in addr-spec" },
        { "baddn.dat", 400, 400, 400, "3.1.2.15 display name without quotes" },
        { "badvers.dat", 505, 505, 505, "3.1.2.16 SIP/7.0" },
        { "mismatch01.dat", 400, 400, 400, "3.1.2.17 CSeq of another method" },
        { "mismatch02.dat", 400, 400, 400, "3.1.2.18 the same with an unknown method" },
        { "bigcode.dat", 0, 0, 0, "3.1.2.19 a response with a wrong status is dropped" },
        { "badbranch.dat", 200, 200, 200, "3.2.1 a branch of the cookie alone: matched by the rules of RFC 2543" },
        { "insuf.dat", 400, 400, 400, "3.3.1 required headers are missing" },
        { "unkscm.dat", 416, 416, 416, "3.3.2 unknown scheme" },
        { "novelsc.dat", 416, 416, 416, "3.3.3 soap.beep is no scheme of a Request-URI" },
        { "unksm2.dat", 404, 404, 404, "3.3.4 unknown scheme in To of a REGISTER: §10.3 step 5" },
        { "bext01.dat", 420, 420, 420, "3.3.5 unknown Require" },
        { "invut.dat", 407, 415, 415, "3.3.6 unknown Content-Type" },
        { "regaut01.dat", 404, 404, 200, "3.3.7 unknown authorization scheme: neither 200 nor 400; ours is challenged, and 200 then" },
        { "multi01.dat", 400, 400, 400, "3.3.8 headers twice" },
        { "mcl01.dat", 400, 400, 400, "3.3.9 Content-Length twice" },
        { "bcast.dat", 0, 0, 0, "3.3.10 a response with a foreign Via is dropped" },
        { "zeromf.dat", 200, 200, 200, "3.3.11 Max-Forwards 0: OPTIONS ends here" },
        { "cparam01.dat", 404, 404, 200, "3.3.12 unknown Contact parameter" },
        { "cparam02.dat", 404, 404, 200, "3.3.13 the same in the URI" },
        { "regescrt.dat", 404, 404, 200, "3.3.14 escaped header in a Contact is no fault" },
        { "sdp01.dat", 407, 406, 406, "3.3.15 Accept without SDP" },
        { "inv2543.dat", 400, 400, 400, "3.4.1 no Contact: no dialog could be made, see rfc.md" },
        { "test.dat", 0, 0, 0, "in the archive only: no version" },
        { "ipv6-good.dat", 404, 404, 200, "5118 4.1" },
        { "ipv6-bad.dat", 400, 400, 400, "4.2 no brackets" },
        { "ipv6-port-ambiguous.dat", 404, 404, 200, "4.3" },
        { "ipv6-port-unambiguous.dat", 404, 404, 200, "4.4" },
        { "ipv6-via-received-param-with-delim.dat", 481, 481, 481, "4.5: BYE of no dialog" },
        { "ipv6-via-received-param-no-delim.dat", 200, 200, 200, "4.5" },
        { "ipv6-in-sdp.dat", 407, 404, 480, "4.6" },
        { "ipv6-mult-ip-in-header.dat", 481, 481, 481, "4.7: BYE of no dialog" },
        { "ipv6-mult-ip-in-sdp.dat", 407, 404, 480, "4.8" },
        { "ipv6-ipv4-mapped-ipv6.dat", 407, 404, 480, "4.9" },
        { "ipv6-bug-abnf-3-colons.dat", 200, 200, 200, "4.10 a third colon is tolerated" },
        { "ipv6-correct-abnf-2-colons.dat", 200, 200, 200, "4.10" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_message_gets_what_the_RFC_asks_for(string file, int stranger, int known, int ours, string why)
    {
        var got = (Play(file, sign: false, adapt: false), Play(file, sign: true, adapt: false), Play(file, sign: true, adapt: true));
        Assert.True((stranger, known, ours) == got, $"{why}: {got}");
    }

    [Fact]
    public void No_message_is_left_out() =>
        Assert.Equal(TortureSamples.Names, Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    // The status of the last answer, after which the exchange is empty and answers others.
    private static int Play(string file, bool sign, bool adapt)
    {
        var rig = new ExchangeRig(credentials: true);
        var source = new RawSource(rig.Network, NetAddress.FromV4(0xC0000209, 5060));
        var message = TortureSamples.Read(file);
        if (adapt)
            message = Adapt(message);

        source.Send(message, ExchangeRig.ServerAddress);
        rig.Run(0.1);
        if (sign && source.Statuses.LastOrDefault() is 401 or 407)
        {
            var answer = Sign(message, source.Received[^1]);
            source.Received.Clear();
            source.Send(answer, ExchangeRig.ServerAddress);
            rig.Run(0.1);
        }

        var status = source.Statuses.LastOrDefault();
        var phone = rig.Phone("109");
        phone.Dial("109").Send("OPTIONS");
        phone.Expect("200 OPTIONS");
        _ = rig.Exchange.Registrar.RemoveAll(TenantId.Default, EpochClock.Epoch);
        foreach (var shard in rig.Exchange.Shards)
            shard.Advance(rig.Network.Now);
        Assert.Equal("", rig.Leftovers());
        return status;
    }

    private static byte[] Adapt(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message);
        if (text.StartsWith("REGISTER", StringComparison.Ordinal))
            text = FromOrTo().Replace(text, "$1sip:100@");
        else if (text.StartsWith("INVITE", StringComparison.Ordinal))
            text = Called().Replace(text, "INVITE sip:101@", 1);
        return Encoding.Latin1.GetBytes(text);
    }

    [GeneratedRegex(@"(\n(?:To|From|t|f) ?: ?<?)sip:[^@\r\n]+@", RegexOptions.IgnoreCase)]
    private static partial Regex FromOrTo();

    [GeneratedRegex(@"^INVITE sips?:[^ \r\n]+@")]
    private static partial Regex Called();

    // The credentials go on top: nothing else of the message changes.
    private static byte[] Sign(byte[] message, byte[] challenge)
    {
        var text = Encoding.Latin1.GetString(message);
        var end = text.IndexOf("\r\n", StringComparison.Ordinal);
        var words = text[..end].Split(' ');
        Assert.Equal(SipRejection.None, SipParser.Parse(PooledBuffer.Copy(challenge), SipLimits.Default, out var response));
        var client = new DigestClient(new DigestAccount("100", new Secret("secret-100"), "tandem"), new Random(1));
        Assert.Equal(DigestClientOutcome.Answered, client.Answer(response!, words[0], words[1], "tandem", out _, out var value));
        var name = response!.StatusCode == 401 ? "Authorization: " : "Proxy-Authorization: ";
        return Encoding.Latin1.GetBytes(text[..(end + 2)] + name + value + text[end..]);
    }
}
