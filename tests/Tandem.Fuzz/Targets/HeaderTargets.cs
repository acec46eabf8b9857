using Tandem.Sip.Messages;

namespace Tandem.Fuzz.Targets;

/// <summary>The values of structured headers: every view of each is read.</summary>
internal static class HeaderTargets
{
    public static int Uri(byte[] input)
    {
        if (!SipUriValue.TryParse(input, out var uri))
            return 0;

        var user = uri.UserText();
        Check.That(!uri.HasUser || uri.User.Length > 0, "a user without a name");
        Check.That(uri.Port is >= -1 and <= 65_535, "a port out of range");
        Check.That(SipUriComparer.Equals(input, input) || uri.Scheme == UriScheme.Other, "a URI that is not equal to itself");
        var parameters = SipParamsOf(uri.Params);
        return HashCode.Combine((int)uri.Scheme, Math.Min(user.Length, 4), Math.Min(uri.HostText().Length, 4), uri.Port > 0, parameters, uri.IsLooseRouter, Math.Min(uri.Headers.Length, 3));
    }

    public static int Via(byte[] input)
    {
        if (!ViaValue.TryParse(input, out var via))
            return 0;

        Check.That(via.Port is >= -1 and <= 65_535 && via.Rport is >= -1 and <= 65_535, "a port out of range");
        return HashCode.Combine(via.IsSip2, via.AreParamsWellFormed(), via.HasRport, Math.Min(via.Branch.Length, 9), Math.Min(via.Received.Length, 2), Math.Min(via.Maddr.Length, 2), via.Ttl, SipParamsOf(via.Params));
    }

    public static int NameAddr(byte[] input)
    {
        if (!NameAddrValue.TryParse(input, out var value))
            return 0;

        var name = value.TextOfDisplayName();
        var hasUri = value.TryGetUri(out var uri);
        return HashCode.Combine(Math.Min(name.Length, 5), Math.Min(value.Tag.Length, 3), hasUri, hasUri ? (int)uri.Scheme : -1);
    }

    public static int Contact(byte[] input)
    {
        if (!ContactValue.TryParse(input, out var contact))
            return 0;

        Check.That(contact.IsStar || contact.Q is >= -1 and <= 1_000, "q is beyond 0 to 1");
        return HashCode.Combine(contact.IsStar, contact.Q / 100, Math.Min(contact.Uri.Length, 4), contact.Address.Tag.Length > 0);
    }

    public static int Sequence(byte[] input)
    {
        var signature = new HashCode();
        signature.Add(CSeqValue.TryParse(input, out var cseq) ? (int)cseq.Method : -1);
        signature.Add(RAckValue.TryParse(input, out var rack) ? (int)rack.Method : -1);
        signature.Add(SessionExpiresValue.TryParse(input, out var session) ? (int)Math.Min(session.Seconds, 3) : -1);
        signature.Add(SipText.TryParseNumber(input, uint.MaxValue, out var number) ? Math.Sign(number) : -1);
        signature.Add(SipText.IsCallId(input));
        var hasQ = ContactValue.TryParseQ(input, out var q);
        signature.Add(hasQ ? q / 250 : -1);
        Check.That(!hasQ || q is >= 0 and <= 1_000, "q is beyond 0 to 1");
        return signature.ToHashCode();
    }

    public static int Auth(byte[] input)
    {
        var signature = new HashCode();
        if (AuthenticationValue.TryParse(input, out var challenge))
        {
            signature.Add(challenge.IsDigest);
            foreach (var name in new[] { "realm", "nonce", "qop", "stale", "algorithm", "opaque", "response" })
                signature.Add(challenge.TryGetParam(System.Text.Encoding.ASCII.GetBytes(name), out var value) ? Math.Min(SipText.Unquote(value).Length, 3) : -1);
        }

        return signature.ToHashCode();
    }

    /// <summary>Elements of a comma list: they are found in order, and all of them.</summary>
    public static int List(byte[] input)
    {
        ReadOnlySpan<byte> rest = input;
        var count = 0;
        var bytes = 0;
        while (rest.Length > 0)
        {
            var before = rest.Length;
            bytes += HeaderListEnumerator.TakeElement(ref rest).Length;
            count++;
            Check.That(rest.Length < before, "the list does not come to an end");
        }

        Check.That(bytes <= input.Length, "more elements than bytes");
        return HashCode.Combine(Math.Min(count, 40), Math.Min(bytes, 10));
    }

    /// <summary>The first line is the Content-Type, the rest the body.</summary>
    public static int Body(byte[] input)
    {
        var line = input.AsSpan().IndexOf((byte)'\n');
        if (line < 0)
            return 0;

        ReadOnlySpan<byte> type = input.AsSpan(0, line).TrimEnd((byte)'\r');
        ReadOnlySpan<byte> body = input.AsSpan(line + 1);
        var found = SipBodies.TryFind(body, type, "application/sdp"u8, 3, out var sdp);
        Check.That(!found || sdp.Length <= body.Length, "a part is longer than the whole");
        var count = 0;
        if (SipBodies.IsMultipart(type, out var boundary))
        {
            foreach (var part in SipBodies.Parts(body, boundary))
            {
                count++;
                Check.That(part.Content.Length <= body.Length && count <= body.Length + 1, "parts without end");
            }
        }

        return HashCode.Combine(found, Math.Min(count, 10), SipBodies.IsType(type, "text/plain"u8));
    }

    private static int SipParamsOf(ReadOnlySpan<byte> parameters)
    {
        var count = 0;
        var rest = parameters;
        while (rest.Length > 0 && SipParams.TryNext(ref rest, out var name, out _))
        {
            Check.That(name.Length > 0, "a parameter without a name");
            count++;
        }

        return Math.Min(count, 6);
    }
}
