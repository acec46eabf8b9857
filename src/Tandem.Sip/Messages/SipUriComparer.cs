namespace Tandem.Sip.Messages;

/// <summary>Equality of URIs: RFC 3261 §19.1.4 for sip and sips, RFC 3966 §4 for tel, bytes for everything else.</summary>
public static class SipUriComparer
{
    /// <summary>True when both texts are URIs and name the same resource.</summary>
    public static bool Equals(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (!SipUriValue.TryParse(a, out var left) || !SipUriValue.TryParse(b, out var right) || left.Scheme != right.Scheme)
            return false;

        return left.Scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => EqualSip(left, right),
            UriScheme.Tel => EqualTel(left, right),
            _ => a.SequenceEqual(b),
        };
    }

    private static bool EqualSip(in SipUriValue a, in SipUriValue b) =>
        a.HasUser == b.HasUser
        && SipEscaping.AreEquivalent(a.User, b.User, ignoreCase: false)
        && SipEscaping.AreEquivalent(a.Password, b.Password, ignoreCase: false)
        && EqualHosts(a.Host, b.Host)
        && a.Port == b.Port
        && AreParamsCompatible(a.Params, b.Params)
        && AreParamsCompatible(b.Params, a.Params)
        && HasHeadersOf(a.Headers, b.Headers)
        && HasHeadersOf(b.Headers, a.Headers);

    // Two spellings of one IPv6 address are the same host (RFC 5954 §4).
    private static bool EqualHosts(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (SipText.EqualsIgnoreCase(a, b))
            return true;

        return a.Length > 0 && b.Length > 0 && a[0] == '[' && b[0] == '['
            && Core.Net.NetAddress.TryParse(a, 0, out var left) && Core.Net.NetAddress.TryParse(b, 0, out var right) && left == right;
    }

    // A parameter in both must match; user, ttl, method, maddr (and transport, by the examples of §19.1.4) never match
    // their absence; any other one in one URI only is ignored.
    private static bool AreParamsCompatible(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (SipUriValue.TryNextParam(ref a, out var name, out var value))
        {
            if (TryFind(b, name, out var other))
            {
                if (!SipEscaping.AreEquivalent(value, other, ignoreCase: true))
                    return false;
            }
            else if (MustBeInBoth(name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MustBeInBoth(ReadOnlySpan<byte> name) =>
        SipText.EqualsIgnoreCase(name, "user"u8) || SipText.EqualsIgnoreCase(name, "ttl"u8)
        || SipText.EqualsIgnoreCase(name, "method"u8) || SipText.EqualsIgnoreCase(name, "maddr"u8)
        || SipText.EqualsIgnoreCase(name, "transport"u8);

    private static bool TryFind(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (SipUriValue.TryNextParam(ref parameters, out var candidate, out value))
        {
            if (SipEscaping.AreEquivalent(candidate, name, ignoreCase: true))
                return true;
        }

        value = default;
        return false;
    }

    // Header components are never ignored: each one of a must be in b with the same value, as often as it is in a.
    private static bool HasHeadersOf(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var rest = a;
        while (rest.Length > 0)
        {
            var header = TakeHeader(ref rest);
            if (CountHeader(a, header) != CountHeader(b, header))
                return false;
        }

        return true;
    }

    private static int CountHeader(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> wanted)
    {
        var count = 0;
        Split(wanted, out var name, out var value);
        while (headers.Length > 0)
        {
            Split(TakeHeader(ref headers), out var candidateName, out var candidateValue);
            if (SipEscaping.AreEquivalent(name, candidateName, ignoreCase: true) && SipEscaping.AreEquivalent(value, candidateValue, ignoreCase: false))
                count++;
        }

        return count;
    }

    private static ReadOnlySpan<byte> TakeHeader(scoped ref ReadOnlySpan<byte> headers)
    {
        var end = headers.IndexOf((byte)'&');
        var one = end < 0 ? headers : headers[..end];
        headers = end < 0 ? default : headers[(end + 1)..];
        return one;
    }

    private static void Split(ReadOnlySpan<byte> header, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var equal = header.IndexOf((byte)'=');
        name = equal < 0 ? header : header[..equal];
        value = equal < 0 ? default : header[(equal + 1)..];
    }

    // The number without separators and all parameters in any order; nothing depends on case (RFC 3966 §4).
    private static bool EqualTel(in SipUriValue a, in SipUriValue b) =>
        string.Equals(a.UserText(), b.UserText(), StringComparison.OrdinalIgnoreCase)
        && HasParamsOf(a.Params, b.Params)
        && HasParamsOf(b.Params, a.Params);

    private static bool HasParamsOf(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        while (SipUriValue.TryNextParam(ref a, out var name, out var value))
        {
            if (!TryFind(b, name, out var other) || !SipEscaping.AreEquivalent(value, other, ignoreCase: true))
                return false;
        }

        return true;
    }
}
