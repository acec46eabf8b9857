using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Authentication;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Security;

/// <summary>
/// Whoever writes another's address on a small UDP packet must not have us send a large one there: what a stranger is answered is at
/// most twice what was received, repetitions included.
/// </summary>
public class AmplificationTests
{
    private static readonly string[] Methods =
        ["INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "PUBLISH", "MESSAGE", "REFER", "NOTIFY", "INFO", "UPDATE", "PRACK", "BYE", "CANCEL", "ACK", "FOO"];

    private static readonly string[] Extras =
    [
        "", "Require: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z\r\n", "Proxy-Require:x\r\n", "Max-Forwards:0\r\n", "Content-Length:9\r\n",
        "Timestamp:1\r\n", "k:path\r\nPath:<sip:a;lr>\r\n", "Record-Route:<sip:a;lr>\r\n", "m:<sip:a>\r\nm:<sip:b>\r\n", "Authorization:Digest a=b\r\n",
        "Proxy-Authorization:Digest username=\"100\",realm=\"tandem\",nonce=\"n\",uri=\"sip:a\",response=\"00000000000000000000000000000000\",nc=00000001,cnonce=\"c\",qop=auth\r\n",
        "o:presence\r\n", "c:text/plain\r\nl:1\r\n\r\nx", "X:" + "y" + "\r\n", "From:<sip:a>\r\n",
    ];

    public static TheoryData<string> Realms => ["tandem", new string('r', 128)];

    [Theory]
    [MemberData(nameof(Realms))]
    public void What_a_stranger_is_answered_is_at_most_twice_what_was_received(string realm)
    {
        var rig = new ExchangeRig(credentials: true, digest: new DigestOptions { Realm = realm, Algorithms = DigestAlgorithms.Md5ThenSha256 });
        var host = 0x0A010001u;
        var answered = 0;
        var sent = 0;
        foreach (var method in Methods)
        {
            foreach (var extra in Extras)
            {
                foreach (var (uri, via, tag, padding) in Shapes())
                {
                    var request = Encoding.ASCII.GetBytes(
                        $"{method} {uri} SIP/2.0\r\nv:SIP/2.0/UDP {via}\r\nf:<sip:100@a>;tag=1\r\nt:<sip:100@a>{tag}\r\ni:{sent}\r\nCSeq:1 {method}\r\n"
                        + (method is "INVITE" or "REGISTER" ? "m:<sip:a>\r\n" : "") + padding + extra + (extra.Contains("\r\n\r\n", StringComparison.Ordinal) ? "" : "\r\n"));
                    var source = new RawSource(rig.Network, NetAddress.FromV4(host++, 5060));
                    source.Send(request, ExchangeRig.ServerAddress);
                    rig.Run(0.01);
                    sent++;
                    if (source.BytesReceived > 0)
                        answered++;

                    if (source.BytesReceived > 2 * request.Length)
                        Assert.Fail($"{request.Length} bytes were answered with {source.BytesReceived}:\n{Encoding.ASCII.GetString(request)}\n{Encoding.UTF8.GetString(source.Received[0])}");
                }
            }
        }

        // Nothing comes later either: what is answered to a stranger is not repeated.
        var before = rig.Network.Sent;
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(before, rig.Network.Sent);
        Assert.InRange(answered, sent / 3, sent);
    }

    // The smallest request that a real phone sends is challenged all the same, with both algorithms.
    [Fact]
    public void An_ordinary_request_gets_its_whole_challenge()
    {
        var rig = new ExchangeRig(credentials: true, digest: new DigestOptions { Algorithms = DigestAlgorithms.Md5ThenSha256 });
        var phone = rig.Phone("100");
        phone.Dial("101").Invite(Tandem.Testing.Phones.Sdp.Audio(), "Allow: INVITE, ACK, BYE, CANCEL", "User-Agent: a small phone", "Supported: replaces, timer");
        var challenge = phone.Expect("407");
        Assert.Equal(2, challenge.All("Proxy-Authenticate").Count());
        phone.Dial("100").Send("OPTIONS");
        Assert.True(phone.Expect("200 OPTIONS").Has("Allow"));
    }

    private static IEnumerable<(string Uri, string Via, string Tag, string Padding)> Shapes()
    {
        foreach (var uri in new[] { "sip:a", "sip:101@192.0.2.200:5060;transport=udp", "tel:1", "foo:1", "sip:" + new string('x', 300) })
        {
            foreach (var via in new[] { "a", "192.0.2.77:5060;branch=z9hG4bKa;rport", "a;branch=z9hG4bK" + new string('b', 200) + ";rport;received=1.2.3.4" })
            {
                yield return (uri, via, "", "");
                yield return (uri, via, ";tag=x", "");
                yield return (uri, via, "", "Subject: " + new string('s', 150) + "\r\n");
            }
        }
    }
}
