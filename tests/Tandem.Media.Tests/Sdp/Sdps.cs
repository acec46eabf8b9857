using System.Text;

namespace Tandem.Media.Tests.Sdp;

/// <summary>Descriptions in the manner of phones that one meets, written for these tests. Lines end in CRLF when sent.</summary>
internal static class Sdps
{
    public const string Baresip = """
        v=0
        o=- 1372563921 3011283409 IN IP4 192.0.2.10
        s=-
        c=IN IP4 192.0.2.10
        t=0 0
        a=tool:baresip 1.0.0
        m=audio 10034 RTP/AVP 96 0 8 101
        b=AS:125
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 stereo=1;sprop-stereo=1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=rtcp:10035 IN IP4 192.0.2.10
        a=sendrecv
        a=label:1
        a=rtcp-rsize
        a=ssrc:2837592 cname:sip:100@192.0.2.10
        a=ptime:20
        """;

    public const string Linphone = """
        v=0
        o=101 3621 1804 IN IP4 198.51.100.7
        s=Talk
        c=IN IP4 198.51.100.7
        b=AS:380
        t=0 0
        a=ice-pwd:9c0e5f6a1b7d3c2e4f8091a2
        a=ice-ufrag:5b1c7d2e
        a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
        a=record:off
        m=audio 7078 RTP/AVPF 96 97 0 8 98
        c=IN IP4 203.0.113.20
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 useinbandfec=1
        a=rtpmap:97 speex/16000
        a=fmtp:97 vbr=on
        a=rtpmap:98 telephone-event/48000
        a=rtcp:42341
        a=rtcp-mux
        a=candidate:1 1 UDP 2130706303 198.51.100.7 7078 typ host
        a=candidate:2 1 UDP 1694498687 203.0.113.20 7078 typ srflx raddr 198.51.100.7 rport 7078
        a=end-of-candidates
        a=rtcp-fb:* trr-int 1000
        a=rtcp-fb:* ccm tmmbr
        m=video 9078 RTP/AVP 96
        a=rtpmap:96 VP8/90000
        """;

    public const string Sipp = """
        v=0
        o=user1 53655765 2353687637 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio 6000 RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        """;

    public const string WebRtc = """
        v=0
        o=- 8731640190277518013 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=group:LS 0 1
        a=extmap-allow-mixed
        a=msid-semantic: WMS stream
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:aB3d
        a=ice-pwd:0123456789abcdefghijklmn
        a=ice-options:trickle
        a=fingerprint:sha-256 00:11
        a=setup:actpass
        a=mid:0
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 0.0.0.0
        a=bundle-only
        a=mid:1
        """;

    public const string DeskPhoneSdes = """
        v=0
        o=- 20518 20518 IN IP4 192.0.2.99
        s=SDP data
        c=IN IP4 192.0.2.99
        t=0 0
        m=audio 11788 RTP/SAVP 9 0 8 18 101
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
        a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:ZDYyZjNiMjk0ZGRmYjE0MmQ0YzZlOWI4YzYxNWY1
        a=rtpmap:9 G722/8000
        a=rtpmap:18 G729/8000
        a=fmtp:18 annexb=no
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=maxptime:80
        a=X-vendor: keep  this   exactly
        a=sendrecv
        """;

    public const string IpV6 = """
        v=0
        o=- 1 1 IN IP6 2001:db8::10
        s=-
        c=IN IP6 2001:db8::10
        t=0 0
        m=audio 5004 RTP/AVP 0 101
        a=rtpmap:101 telephone-event/8000
        """;

    public const string FaxAndAudio = """
        v=0
        o=- 5 5 IN IP4 192.0.2.50
        s=gateway
        c=IN IP4 192.0.2.50
        t=0 0
        m=audio 0 RTP/AVP 8
        m=image 4402 udptl t38
        a=T38FaxVersion:0
        m=audio 4400 RTP/AVP 8 0
        a=inactive
        """;

    /// <summary>The text as bytes with CRLF after every line.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n").TrimEnd('\r', '\n') + "\r\n");

    /// <summary>The bytes as text with plain line ends, to compare with a raw string.</summary>
    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span).Replace("\r\n", "\n").TrimEnd('\n');
}
