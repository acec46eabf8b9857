using System.Globalization;
using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Authentication;

/// <summary>
/// The client's half of the digest (RFC 3261 §22.2 and §22.3, RFC 7616, RFC 8760): answers the challenges of one server for one
/// account, and uses a nonce again with the next count, so that later requests need no challenge. Sans-IO and single-threaded.
/// </summary>
/// <remarks>
/// It answers only the host and the realm that the account belongs to. Otherwise anybody whom a call can be led to could ask for a digest
/// of the secret and try words on it at leisure.
/// </remarks>
public sealed class DigestClient(DigestAccount account, Random random, DigestClientOptions? options = null)
{
    private const string Scheme = "Digest ";

    private readonly DigestClientOptions _options = options ?? DigestClientOptions.Default;
    private string _realm = account.Realm;
    private Challenge? _challenge;
    private uint _count;
    private int _tries;

    /// <summary>
    /// The credentials for a request that was not challenged yet, from the nonce of an earlier one; false when there is none. Begins
    /// a new request: the tries are counted anew.
    /// </summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="uri">Its Request-URI.</param>
    /// <param name="host">The host that it is sent to.</param>
    /// <param name="header">Authorization or Proxy-Authorization.</param>
    /// <param name="value">The value of that header.</param>
    public bool TryBegin(string method, string uri, string host, out HeaderName header, out string value)
    {
        header = default;
        value = "";
        _tries = 0;
        if (_challenge is not { } challenge || !IsOurHost(host))
            return false;

        header = challenge.Header;
        value = Write(challenge, method, uri);
        return true;
    }

    /// <summary>Answers a 401 or 407, for a user with one request at a time: its tries are counted from <see cref="TryBegin"/> on.</summary>
    /// <inheritdoc cref="Answer(SipMessage, string, string, string, ref int, out HeaderName, out string)"/>
    public DigestClientOutcome Answer(SipMessage response, string method, string uri, string host, out HeaderName header, out string value) =>
        Answer(response, method, uri, host, ref _tries, out header, out value);

    /// <summary>Answers a 401 or 407 to one of many requests that are under way at once.</summary>
    /// <param name="response">The response to a request of ours.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="uri">Its Request-URI, as it will be sent again.</param>
    /// <param name="host">The host that the request was sent to.</param>
    /// <param name="tries">The answers that this request has had so far; 0 for the first one. Counted up here.</param>
    /// <param name="header">Authorization or Proxy-Authorization.</param>
    /// <param name="value">The value of that header.</param>
    public DigestClientOutcome Answer(SipMessage response, string method, string uri, string host, ref int tries, out HeaderName header, out string value)
    {
        header = default;
        value = "";
        if (response.IsRequest || response.StatusCode is not (401 or 407))
            return DigestClientOutcome.NoChallenge;
        if (!IsOurHost(host))
            return DigestClientOutcome.ForeignHost;

        var outcome = Choose(response, out var challenge);
        if (challenge is null)
            return outcome;

        // Our answer was heard and not taken: the same nonce again, or a new one that is not for the age of the old (RFC 7616 §3.3).
        if (tries > 0 && !challenge.IsStale)
        {
            _challenge = null;
            return DigestClientOutcome.Refused;
        }

        if (tries >= _options.MaxTries)
            return DigestClientOutcome.TooManyTries;

        if (_challenge is null || _challenge.Nonce != challenge.Nonce)
            _count = 0;

        tries++;
        _realm = challenge.Realm;
        _challenge = challenge;
        header = challenge.Header;
        value = Write(challenge, method, uri);
        return DigestClientOutcome.Answered;
    }

    private bool IsOurHost(string host) => host.Length > 0 && string.Equals(host, account.Host, StringComparison.OrdinalIgnoreCase);

    // RFC 8760 §2.4: the topmost that we speak; the server has put them in its order.
    private DigestClientOutcome Choose(SipMessage response, out Challenge? chosen)
    {
        chosen = null;
        var name = response.StatusCode == 401 ? HeaderName.WwwAuthenticate : HeaderName.ProxyAuthenticate;
        var outcome = DigestClientOutcome.NoChallenge;
        foreach (ref readonly var field in response.Headers)
        {
            if (field.Name != name || !AuthenticationValue.TryParse(response.ValueOf(field), out var value) || !value.IsDigest
                || !value.TryGetParam("realm"u8, out var realm) || !value.TryGetParam("nonce"u8, out var nonce) || nonce.Length == 0)
            {
                continue;
            }

            var text = Encoding.UTF8.GetString(realm);
            if (_realm.Length > 0 && text != _realm)
            {
                outcome = outcome == DigestClientOutcome.NoChallenge ? DigestClientOutcome.ForeignRealm : outcome;
                continue;
            }

            chosen = Read(value, name, text, nonce);
            if (chosen is not null)
                return DigestClientOutcome.Answered;

            outcome = DigestClientOutcome.Unsupported;
        }

        return outcome;
    }

    private Challenge? Read(in AuthenticationValue value, HeaderName name, string realm, ReadOnlySpan<byte> nonce)
    {
        var algorithm = DigestAlgorithm.Md5;
        if (value.TryGetParam("algorithm"u8, out var token))
        {
            if (SipText.EqualsIgnoreCase(token, "SHA-256"u8))
                algorithm = DigestAlgorithm.Sha256;
            else if (!SipText.EqualsIgnoreCase(token, "MD5"u8))
                return null;
        }

        if (algorithm == DigestAlgorithm.Md5 && !_options.AllowMd5)
            return null;

        var hasQop = value.TryGetParam("qop"u8, out var qop);
        if (hasQop ? !HasAuth(qop) : !_options.AllowNoQop)
            return null;

        value.TryGetParam("opaque"u8, out var opaque);
        if (realm.Length + nonce.Length + opaque.Length > _options.MaxChallengeBytes)
            return null;

        var isStale = value.TryGetParam("stale"u8, out var stale) && SipText.EqualsIgnoreCase(stale, "true"u8);
        return new Challenge(
            name == HeaderName.WwwAuthenticate ? HeaderName.Authorization : HeaderName.ProxyAuthorization,
            algorithm, realm, Encoding.UTF8.GetString(nonce), Encoding.UTF8.GetString(opaque), hasQop, isStale);
    }

    private static bool HasAuth(ReadOnlySpan<byte> qop)
    {
        foreach (var range in qop.Split((byte)','))
        {
            if (SipText.EqualsIgnoreCase(SipText.Trim(qop[range]), "auth"u8))
                return true;
        }

        return false;
    }

    private string Write(Challenge challenge, string method, string uri)
    {
        var count = (++_count).ToString("x8", CultureInfo.InvariantCulture);
        var clientNonce = random.NextInt64(long.MinValue, long.MaxValue).ToString("x16", CultureInfo.InvariantCulture);
        var response = Compute(challenge, method, uri, count, clientNonce);

        // Realm, nonce and opaque stand as they came, with the escapes of the server; our own name gets ours.
        var text = new StringBuilder(Scheme, 512)
            .Append("username=").Append(SipText.Quote(account.User))
            .Append(", realm=\"").Append(challenge.Realm)
            .Append("\", nonce=\"").Append(challenge.Nonce)
            .Append("\", uri=\"").Append(uri)
            .Append("\", response=\"").Append(response)
            .Append("\", algorithm=").Append(challenge.Algorithm == DigestAlgorithm.Md5 ? "MD5" : "SHA-256");
        if (challenge.HasQop)
            text.Append(", cnonce=\"").Append(clientNonce).Append("\", qop=auth, nc=").Append(count);
        if (challenge.Opaque.Length > 0)
            text.Append(", opaque=\"").Append(challenge.Opaque).Append('"');

        return text.ToString();
    }

    private string Compute(Challenge challenge, string method, string uri, string count, string clientNonce)
    {
        Span<byte> hashA1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var realm = SipText.Unquote(Encoding.UTF8.GetBytes(challenge.Realm));
        var length = DigestCalculator.HashA1(
            challenge.Algorithm, Encoding.UTF8.GetBytes(account.User), Encoding.UTF8.GetBytes(realm), Encoding.UTF8.GetBytes(account.Secret.Reveal()), hashA1);
        Span<byte> hash = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        var used = DigestCalculator.Response(
            challenge.Algorithm, hashA1[..length], Encoding.UTF8.GetBytes(challenge.Nonce), Encoding.ASCII.GetBytes(count),
            Encoding.ASCII.GetBytes(clientNonce), challenge.HasQop ? "auth"u8 : default, Encoding.ASCII.GetBytes(method), Encoding.UTF8.GetBytes(uri), hash);
        return Convert.ToHexStringLower(hash[..used]);
    }

    private sealed record Challenge(HeaderName Header, DigestAlgorithm Algorithm, string Realm, string Nonce, string Opaque, bool HasQop, bool IsStale);
}
