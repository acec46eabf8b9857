namespace Tandem.Testing.Wire;

/// <summary>Whole SIP messages as phones send them, for tests, benchmarks and fuzzing.</summary>
public static class SipSamples
{
    /// <summary>A REGISTER with digest credentials, about what a softphone sends.</summary>
    public static byte[] RegisterWithAuthorization => WireText.ToBytes(
        """
        REGISTER sip:192.0.2.10 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.101:5070;branch=z9hG4bK-524287-1---0f5c3e9a1b2d4c6e;rport
        Max-Forwards: 70
        Contact: <sip:100@192.0.2.101:5070;transport=udp>;expires=600;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"
        To: "100" <sip:100@192.0.2.10>
        From: "100" <sip:100@192.0.2.10>;tag=7e1c9a52
        Call-ID: 84294MTk0ZTVjM2QyZjdhNGI1YzY4
        CSeq: 2 REGISTER
        Expires: 600
        Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE
        User-Agent: Sample phone 5.4
        Authorization: Digest username="100",realm="tandem",nonce="b1946ac92492d2347c6235b4d2611184",uri="sip:192.0.2.10",response="6629fae49393a05397450978507c4ef1",cnonce="0a4f113b",nc=00000001,qop=auth,algorithm=MD5
        Content-Length: 0


        """);

    /// <summary>An INVITE with an offer of G.711.</summary>
    public static byte[] Invite => WireText.ToBytes(
        """
        INVITE sip:101@192.0.2.10 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.101:5070;branch=z9hG4bK-524287-1---aa11bb22cc33dd44;rport
        Max-Forwards: 70
        Contact: <sip:100@192.0.2.101:5070>
        To: <sip:101@192.0.2.10>
        From: "Alice" <sip:100@192.0.2.10>;tag=1928301774
        Call-ID: a84b4c76e66710@192.0.2.101
        CSeq: 314159 INVITE
        Allow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK
        Supported: 100rel, timer
        Content-Type: application/sdp
        Content-Length: 138

        v=0
        o=- 3747 461 IN IP4 192.0.2.101
        s=-
        c=IN IP4 192.0.2.101
        t=0 0
        m=audio 49170 RTP/AVP 0 8 101
        a=rtpmap:101 telephone-event/8000

        """);

    /// <summary>A 200 that answers <see cref="Invite"/>, with Record-Route of a proxy.</summary>
    public static byte[] InviteOk => WireText.ToBytes(
        """
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP 192.0.2.101:5070;branch=z9hG4bK-524287-1---aa11bb22cc33dd44;rport=5070;received=192.0.2.101
        Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>
        Contact: <sip:101@192.0.2.102:5060>
        To: <sip:101@192.0.2.10>;tag=a6c85cf
        From: "Alice" <sip:100@192.0.2.10>;tag=1928301774
        Call-ID: a84b4c76e66710@192.0.2.101
        CSeq: 314159 INVITE
        Content-Length: 0


        """);

    /// <summary>Every optional form at once: compact names, folding, lists, quoted strings, IPv6, escapes.</summary>
    public static byte[] Compact => WireText.ToBytes(
        """
        MESSAGE sips:J%2e%20Doe;day=tuesday@[2001:db8::10]:5061;transport=tcp SIP/2.0
        v: SIP / 2.0 / TLS [2001:db8::9:1]:5061 ;branch=z9hG4bKkdjuw ,
          SIP/2.0/UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1
        f : "A. G. \"Sandy\" \\ Bell" <sip:agb@bell-telephone.com;user=phone> ;tag = a48s
        t: tel:+1-201-555-0123;tag=xyz
        i: f81d4fae-7dec-11d0-a765-00a0c91e6bf6@foo.bar.com
        CSeq: 0009
          MESSAGE
        m: "Mr. Watson, Sr." <sip:watson@worcester.example.com>;q=0.7; expires=3600,
         "Mr. Watson" <sips:watson@bell-telephone.com> ;q=0.1
        k: path
        l: 5
        c: text/plain;charset=utf-8

        hello
        """);
}
