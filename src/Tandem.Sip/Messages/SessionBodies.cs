namespace Tandem.Sip.Messages;

/// <summary>
/// Finds the session description among the bodies of a message (RFC 5621): the body itself or a part of a multipart one, as gateways
/// send it beside ISUP (RFC 3204) and phones beside a location (RFC 6442).
/// </summary>
public static class SessionBodies
{
    // The same bound as SipLimits.MaxBodyNesting knows: deeper bodies were refused when the message was parsed.
    private const int MostLevels = 16;

    extension(SipMessage message)
    {
        /// <summary>The session description; empty when there is none. Valid as long as the message is.</summary>
        public ReadOnlyMemory<byte> Sdp => message.ReadSession(out var sdp) == SessionBody.Sdp ? sdp : default;

        /// <summary>
        /// What the body means to a session. Parts that are not understood are left out, unless they are marked as required (RFC 5621 §8.1); a
        /// part that says nothing of its handling counts as optional there, because a call is worth more than what stands beside its offer.
        /// A body that is no multipart one and no SDP is required unless it says otherwise.
        /// </summary>
        public SessionBody ReadSession(out ReadOnlyMemory<byte> sdp)
        {
            sdp = default;
            var body = message.Body;
            if (body.IsEmpty)
                return SessionBody.None;

            message.TryGetHeader(HeaderName.ContentType, out var type);
            if (SipBodies.IsType(type, "application/sdp"u8))
            {
                sdp = message.BodyMemory;
                return SessionBody.Sdp;
            }

            message.TryGetHeader(HeaderName.ContentDisposition, out var disposition);
            var isOptional = HandlingIs(disposition, "optional"u8);
            if (!SipBodies.IsMultipart(type, out var boundary) || boundary.IsEmpty)
                return isOptional ? SessionBody.None : SessionBody.Unknown;

            var kind = Read(body, type, boundary, MostLevels, out var found);
            if (kind == SessionBody.Unknown)
                return isOptional ? SessionBody.None : SessionBody.Unknown;
            if (kind == SessionBody.None || !body.Overlaps(found, out var start))
                return SessionBody.None;

            sdp = message.BodyMemory.Slice(start, found.Length);
            return SessionBody.Sdp;
        }
    }

    private static SessionBody Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> type, ReadOnlySpan<byte> boundary, int levels, out ReadOnlySpan<byte> sdp)
    {
        sdp = default;
        var isUnknown = false;

        // §6: the parts of an alternative say the same in several ways, and the last one that is understood counts.
        var isAlternative = SipBodies.IsType(type, "multipart/alternative"u8);
        foreach (var part in SipBodies.Parts(body, boundary))
        {
            var kind = Read(part, levels, out var found);
            if (kind == SessionBody.Sdp && (sdp.IsEmpty || isAlternative))
                sdp = found;
            isUnknown |= kind == SessionBody.Unknown && !isAlternative;
        }

        return isUnknown ? SessionBody.Unknown : sdp.IsEmpty ? SessionBody.None : SessionBody.Sdp;
    }

    private static SessionBody Read(BodyPart part, int levels, out ReadOnlySpan<byte> sdp)
    {
        sdp = default;
        var type = part.ContentType;
        var disposition = part.ContentDisposition;
        if (SipBodies.IsType(type, "application/sdp"u8) && (disposition.IsEmpty || SipBodies.IsType(disposition, "session"u8)))
        {
            sdp = part.Content;
            return sdp.IsEmpty ? SessionBody.None : SessionBody.Sdp;
        }

        var kind = SessionBody.Unknown;
        if (levels > 1 && SipBodies.IsMultipart(type, out var boundary) && !boundary.IsEmpty)
            kind = Read(part.Content, type, boundary, levels - 1, out sdp);

        return kind == SessionBody.Unknown && !HandlingIs(disposition, "required"u8) ? SessionBody.None : kind;
    }

    private static bool HandlingIs(ReadOnlySpan<byte> disposition, ReadOnlySpan<byte> handling)
    {
        var semicolon = disposition.IndexOf((byte)';');
        return semicolon >= 0 && SipParams.TryGet(disposition[semicolon..], "handling"u8, out var value) && SipText.EqualsIgnoreCase(value, handling);
    }
}
