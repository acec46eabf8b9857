namespace Tandem.Sip.Messages;

/// <summary>
/// A challenge of WWW-Authenticate or Proxy-Authenticate (RFC 3261 §20.44, RFC 7616 §3.3), or credentials of Authorization or
/// Proxy-Authorization (RFC 3261 §20.7, RFC 7616 §3.4): a scheme and its parameters. One header field holds one.
/// </summary>
public ref struct AuthenticationValue
{
    /// <summary>The scheme as written, for example <c>Digest</c>.</summary>
    public ReadOnlySpan<byte> Scheme { get; private set; }

    /// <summary>The parameters with their commas.</summary>
    public ReadOnlySpan<byte> Params { get; private set; }

    /// <summary>True for the Digest scheme.</summary>
    public readonly bool IsDigest => SipText.EqualsIgnoreCase(Scheme, "Digest"u8);

    /// <summary>Reads a whole header value; a parameter that stands twice is an error.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out AuthenticationValue value)
    {
        value = default;
        if (!AuthParams.TryRead(text, out var scheme, out var parameters))
            return false;

        value.Scheme = scheme;
        value.Params = parameters;
        return true;
    }

    /// <summary>
    /// Finds a parameter. A quoted value comes without its quotes but with its escapes; the digest is computed over
    /// what stands between the quotes, see <see cref="SipText.Unquote"/> for the text.
    /// </summary>
    public readonly bool TryGetParam(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => AuthParams.TryGet(Params, name, out value);
}
