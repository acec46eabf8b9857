using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Torture;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Torture;

/// <summary>
/// RFC 4475 and RFC 5118: what the parser says to each message. Where an RFC leaves the choice ("may be liberal"), the
/// strict reading is taken; faults of a higher layer are accepted here.
/// </summary>
public class TortureTests
{
    public static TheoryData<string, SipRejection, string> Rows => new()
    {
        // RFC 4475 §3.1.1: valid
        { "wsinv.dat", SipRejection.None, "3.1.1.1 folding, white space, compact forms, empty header" },
        { "intmeth.dat", SipRejection.None, "3.1.1.2 every character that a token may have; NUL as a quoted-pair" },
        { "esc01.dat", SipRejection.None, "3.1.1.3 escapes in URIs" },
        { "escnull.dat", SipRejection.None, "3.1.1.4 %00 in the user part" },
        { "esc02.dat", SipRejection.None, "3.1.1.5 % in a method and a display name is no escape" },
        { "lwsdisp.dat", SipRejection.None, "3.1.1.6 no space between display name and <" },
        { "longreq.dat", SipRejection.None, "3.1.1.7 long values" },
        { "dblreq.dat", SipRejection.None, "3.1.1.8 a second request behind the body is noise" },
        { "semiuri.dat", SipRejection.None, "3.1.1.9 semicolon in the user part" },
        { "transports.dat", SipRejection.None, "3.1.1.10 unknown transports" },
        { "mpart01.dat", SipRejection.None, "3.1.1.11 multipart with binary" },
        { "unreason.dat", SipRejection.None, "3.1.1.12 reason phrase in UTF-8" },
        { "noreason.dat", SipRejection.None, "3.1.1.13 empty reason phrase" },

        // RFC 4475 §3.1.2: invalid
        { "badinv01.dat", SipRejection.BadVia, "3.1.2.1 empty parameters and elements" },
        { "clerr.dat", SipRejection.BodyTruncated, "3.1.2.2 Content-Length larger than the message" },
        { "ncl.dat", SipRejection.BadContentLength, "3.1.2.3 negative Content-Length" },
        { "scalar02.dat", SipRejection.BadCSeq, "3.1.2.4 overlarge CSeq in a request: 400" },
        { "scalarlg.dat", SipRejection.BadCSeq, "3.1.2.5 overlarge CSeq in a response: dropped" },
        { "quotbal.dat", SipRejection.BadFromOrTo, "3.1.2.6 unterminated quoted string" },
        { "ltgtruri.dat", SipRejection.BadUri, "3.1.2.7 <> around the Request-URI" },
        { "lwsruri.dat", SipRejection.BadRequestLine, "3.1.2.8 white space inside the Request-URI" },
        { "lwsstart.dat", SipRejection.BadRequestLine, "3.1.2.9 more than one space in the request line" },
        { "trws.dat", SipRejection.BadRequestLine, "3.1.2.10 space at the end of the request line" },
        { "escruri.dat", SipRejection.BadUri, "3.1.2.11 escaped headers in the Request-URI" },
        { "baddate.dat", SipRejection.None, "3.1.2.12 a Date that nobody reads need not be right" },
        { "regbadct.dat", SipRejection.BadContact, "3.1.2.13 '?' in a URI without <>" },
        { "badaspec.dat", SipRejection.BadFromOrTo, "3.1.2.14 spaces within an addr-spec" },
        { "baddn.dat", SipRejection.BadHeader, "3.1.2.15 the file of the archive also lacks the empty line; see the test below" },
        { "badvers.dat", SipRejection.UnsupportedVersion, "3.1.2.16 SIP/7.0: 505" },
        { "mismatch01.dat", SipRejection.CSeqMethodMismatch, "3.1.2.17 OPTIONS with CSeq INVITE" },
        { "mismatch02.dat", SipRejection.CSeqMethodMismatch, "3.1.2.18 unknown method with CSeq INVITE" },
        { "bigcode.dat", SipRejection.BadStatusLine, "3.1.2.19 status 4294967301: dropped" },

        // RFC 4475 §3.2, §3.3, §3.4: well-formed for a parser, unless it is the parser who checks it
        { "badbranch.dat", SipRejection.None, "3.2.1 a branch of only the cookie is for the transaction layer" },
        { "insuf.dat", SipRejection.MissingHeader, "3.3.1 no Call-ID, From or To" },
        { "unkscm.dat", SipRejection.UnsupportedScheme, "3.3.2 unknown scheme: 416" },
        { "novelsc.dat", SipRejection.UnsupportedScheme, "3.3.3 known scheme that SIP does not use: 416" },
        { "unksm2.dat", SipRejection.None, "3.3.4 unknown schemes in From, To and Contact" },
        { "bext01.dat", SipRejection.None, "3.3.5 unknown Require: 420 by the user agent" },
        { "invut.dat", SipRejection.None, "3.3.6 unknown Content-Type: 415 by the user agent" },
        { "regaut01.dat", SipRejection.None, "3.3.7 unknown authorization scheme" },
        { "multi01.dat", SipRejection.DuplicateHeader, "3.3.8 several From, To, Call-ID, Max-Forwards, CSeq" },
        { "mcl01.dat", SipRejection.DuplicateHeader, "3.3.9 two Content-Length" },
        { "bcast.dat", SipRejection.None, "3.3.10 a Via that is not ours is for the transport" },
        { "zeromf.dat", SipRejection.None, "3.3.11 Max-Forwards 0" },
        { "cparam01.dat", SipRejection.None, "3.3.12 parameter of Contact" },
        { "cparam02.dat", SipRejection.None, "3.3.13 parameter of the Contact's URI" },
        { "regescrt.dat", SipRejection.None, "3.3.14 escaped Route in a Contact" },
        { "sdp01.dat", SipRejection.None, "3.3.15 unacceptable Accept" },
        { "inv2543.dat", SipRejection.None, "3.4.1 RFC 2543: no branch, no Max-Forwards, no tag" },
        { "test.dat", SipRejection.NotSip, "in the archive but not in the text: a request line without a version" },

        // RFC 5118 §4
        { "ipv6-good.dat", SipRejection.None, "4.1" },
        { "ipv6-bad.dat", SipRejection.BadUri, "4.2 IPv6 without brackets" },
        { "ipv6-port-ambiguous.dat", SipRejection.None, "4.3 the port is the last group" },
        { "ipv6-port-unambiguous.dat", SipRejection.None, "4.4" },
        { "ipv6-via-received-param-with-delim.dat", SipRejection.None, "4.5 received with brackets" },
        { "ipv6-via-received-param-no-delim.dat", SipRejection.None, "4.5 received without brackets" },
        { "ipv6-in-sdp.dat", SipRejection.None, "4.6" },
        { "ipv6-mult-ip-in-header.dat", SipRejection.None, "4.7" },
        { "ipv6-mult-ip-in-sdp.dat", SipRejection.None, "4.8" },
        { "ipv6-ipv4-mapped-ipv6.dat", SipRejection.None, "4.9" },
        { "ipv6-bug-abnf-3-colons.dat", SipRejection.None, "4.10 a third colon is tolerated" },
        { "ipv6-correct-abnf-2-colons.dat", SipRejection.None, "4.10" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_parser_accepts_or_rejects_each_message(string file, SipRejection expected, string why)
    {
        var rejection = Parse(TortureSamples.Read(file), out var message);

        Assert.True(expected == rejection, $"{file} ({why}): {rejection}");
        var answerable = expected == SipRejection.None || (SipRejections.AnswerFor(expected) is not null && file != "scalarlg.dat");
        Assert.Equal(answerable, message is not null);
    }

    [Fact]
    public void Every_sample_has_its_row()
    {
        var rows = Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal);

        Assert.Equal(TortureSamples.Names, rows);
        Assert.Equal(62, TortureSamples.Names.Count);
    }

    // RFC 3261 §7: CRLF ends a line. The archive of RFC 5118 has bare LF, which is no SIP.
    [Fact]
    public void The_archive_of_RFC_5118_as_it_stands_is_refused()
    {
        foreach (var name in TortureSamples.Names.Where(name => name.StartsWith("ipv6-", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain((byte)'\r', TortureSamples.Archived(name));
            Assert.Equal(SipRejection.NotSip, Parse(TortureSamples.Archived(name), out _));
        }
    }

    // RFC 4475 §3.1.2.15
    [Fact]
    public void Display_names_with_commas_need_quotes() =>
        Assert.Equal(SipRejection.BadFromOrTo, Parse([.. TortureSamples.Read("baddn.dat"), .. "\r\n"u8], out _));

    // RFC 4475 §3.1.1.1
    [Fact]
    public void The_short_tortuous_INVITE_reads_as_the_RFC_says()
    {
        var message = Good(TortureSamples.Read("wsinv.dat"));

        Assert.True(message.TryGetTo(out var to));
        Assert.Equal("sip:vivekg@chair-dnrc.example.com", Text(to.Uri)[..33]);
        Assert.Equal("1918181833n", Text(to.Tag));
        Assert.True(message.TryGetFrom(out var from));
        Assert.Equal("J Rosenberg \\\"", from.TextOfDisplayName());
        Assert.Equal("98asjd8", Text(from.Tag));
        Assert.Equal(68, message.MaxForwards);
        Assert.Equal("wsinv.ndaksdj@192.0.2.1", Text(message.CallId));
        Assert.Equal(9u, message.CSeq);
        Assert.Equal(150, message.Body.Length);

        var branches = new List<string>();
        var sentBys = new List<string>();
        foreach (var element in message.Values(HeaderName.Via))
        {
            Assert.True(ViaValue.TryParse(element, out var via));
            branches.Add(Text(via.Branch));
            sentBys.Add(Text(via.Host));
        }

        Assert.Equal(["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"], branches);
        Assert.Equal(["192.0.2.2", "spindle.example.com", "192.168.255.111"], sentBys);
        Assert.True(message.TryGetContact(out var contact));
        Assert.Equal("Quoted string \"\"", contact.Address.TextOfDisplayName());
        Assert.Equal("sip:jdrosen@example.com", Text(contact.Uri));
    }

    // RFC 4475 §3.1.1.3, §3.1.1.4
    [Fact]
    public void Escapes_in_URIs_are_resolved_only_for_reading()
    {
        var escaped = Good(TortureSamples.Read("esc01.dat"));
        Assert.True(SipUriValue.TryParse(escaped.RequestUri, out var uri));
        Assert.Equal("sips%3Auser%40example.com", Text(uri.User));
        Assert.Equal("sips:user@example.com", uri.UserText());
        Assert.Equal("example.net", Text(uri.Host));

        var nulls = Good(TortureSamples.Read("escnull.dat"));
        Assert.True(nulls.TryGetTo(out var to));
        Assert.True(to.TryGetUri(out var toUri));
        Assert.Equal("null-\0-null", toUri.UserText());
        Assert.False(toUri.UserEquals("null-"u8));
    }

    // RFC 4475 §3.1.1.8: the noise behind the body of a datagram is cut; RFC 5118 §4.9, §4.5: addresses
    [Fact]
    public void Lengths_and_addresses_come_out_right()
    {
        Assert.True(Good(TortureSamples.Read("dblreq.dat")).Body.IsEmpty);

        Assert.True(Good(TortureSamples.Read("ipv6-ipv4-mapped-ipv6.dat")).TryGetTopVia(out var mapped));
        Assert.Equal("[::ffff:192.0.2.10]", Text(mapped.Host));
        Assert.Equal(19823, mapped.Port);

        Assert.True(Good(TortureSamples.Read("ipv6-via-received-param-with-delim.dat")).TryGetTopVia(out var with));
        Assert.Equal("[2001:db8::9:255]", Text(with.Received));
        Assert.True(Good(TortureSamples.Read("ipv6-via-received-param-no-delim.dat")).TryGetTopVia(out var without));
        Assert.Equal("2001:db8::9:255", Text(without.Received));
    }
}
