using Tandem.Sip.Messages;

namespace Tandem.Sip.Authentication;

/// <summary>
/// Whether the <c>uri</c> parameter belongs to the request. RFC 3261 §22.4 point 6 and RFC 8760 §2.6 point 6 let the two
/// differ, because proxies rewrite the Request-URI on the way: host, port and parameters are not compared, the user is.
/// </summary>
internal static class DigestUris
{
    /// <summary>True when credentials for <paramref name="signed"/> may serve a request to <paramref name="requested"/>.</summary>
    public static bool Correspond(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> requested)
    {
        if (signed.SequenceEqual(requested))
            return true;
        if (!SipUriValue.TryParse(signed, out var left) || !SipUriValue.TryParse(requested, out var right))
            return false;

        // Clients exist that sign the address of the server alone, whomever they call.
        if (!left.HasUser)
            return left.Host.Length > 0 && SipText.EqualsIgnoreCase(left.Host, right.Host);

        return SipEscaping.AreEquivalent(left.User, right.User, ignoreCase: false);
    }
}
