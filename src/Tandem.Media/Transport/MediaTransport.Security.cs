using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>The keys of a transport: from its plan (RFC 4568) or from a handshake (RFC 5764).</summary>
internal sealed partial class MediaTransport
{
    private SdesPlan? _sdes;

    /// <summary>Puts the plan's security in force. Keys that stay leave their contexts as they are.</summary>
    private void Secure(SecurityPlan? plan, Moment now)
    {
        if (plan is DtlsPlan)
        {
            // Keys of an earlier handshake stay until the next one has ended; keys of another kind end here.
            if (_sdes is not null)
                DropKeys();
            _sdes = null;
            if (!DtlsCertificate.IsAvailable)
                Failed("DTLS: libssl is missing");
            return;
        }

        if (plan is not SdesPlan sdes)
        {
            DropKeys();
            _sdes = null;
            return;
        }

        // Negotiation checks the lengths; a key that does not fit all the same leaves the transport without, and nothing flows.
        if (!sdes.Inbound.Fits(sdes.Profile) || !sdes.Outbound.Fits(sdes.Profile))
        {
            DropKeys();
            return;
        }

        if (!ReferenceEquals(Rtp.Srtp, Rtcp.Srtp))
            DropKeys();
        var session = Rtp.Srtp ?? new SrtpSession(_options.Srtp);
        session.SetKeys(sdes.Profile, sdes.Inbound, sdes.Outbound, now);
        Rtp.Srtp = session;
        Rtcp.Srtp = session;
        if (!sdes.Equals(_sdes))
            _events(new MediaSecured(Side, $"SDES {sdes.Profile.SuiteName()}"));
        _sdes = sdes;
    }

    /// <summary>A handshake gave keys. RTCP on a port of its own has a handshake of its own (RFC 5764 §3).</summary>
    public void Secured(TransportComponent component, string description)
    {
        if (!component.IsRtcp)
            _events(new MediaSecured(Side, description));
    }

    /// <summary>There will be no keys.</summary>
    public void Failed(string reason) => _events(new MediaFailed(Side, reason));

    private void DropKeys()
    {
        Rtp.Srtp?.Dispose();
        Rtcp.Srtp?.Dispose();
        Rtp.Srtp = null;
        Rtcp.Srtp = null;
    }

    /// <summary>Authenticates and decrypts in place; the source counts as the side's own only then.</summary>
    private PacketVerdict Unprotect(
        TransportComponent component, Span<byte> buffer, ref int length, in NetAddress source, PacketVerdict accepted, Moment now)
    {
        var verdict = component.AcceptUnread(source, accepted, now);
        if (verdict != accepted)
            return verdict;
        if (component.Srtp is not { HasKeys: true } keys)
            return PacketVerdict.NoKey;

        var packet = buffer[..length];
        var result = accepted == PacketVerdict.Rtp ? keys.UnprotectRtp(packet, ref length, now) : keys.UnprotectRtcp(packet, ref length, now);
        switch (result)
        {
            case SrtpVerdict.Accepted:
                component.Authenticated(source, now);
                return accepted;
            case SrtpVerdict.Replayed or SrtpVerdict.TooOld:
                return PacketVerdict.Replay;
            case SrtpVerdict.BadTag:
                return PacketVerdict.BadTag;
            case SrtpVerdict.UnknownKey:
                return PacketVerdict.NoKey;
            default:
                return PacketVerdict.Invalid;
        }
    }

    /// <summary>Encrypts in place. A packet whose index was used already is not sent again under the same key (RFC 3711 §9.1).</summary>
    private static PacketVerdict Protect(TransportComponent component, Span<byte> buffer, ref int length, PacketVerdict success)
    {
        if (component.Srtp is not { HasKeys: true } keys)
            return PacketVerdict.NoKey;

        var isDone = success == PacketVerdict.Rtcp ? keys.ProtectRtcp(buffer, ref length) : keys.ProtectRtp(buffer, ref length);
        return isDone ? success : PacketVerdict.Replay;
    }
}
