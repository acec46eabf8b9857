using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Authentication;

/// <summary>
/// Digest authentication of requests (RFC 3261 §22, RFC 7616, RFC 8760): checks credentials and writes challenges. One
/// object serves all shards, because a client may use on one shard the nonce that another gave it. It never throws for
/// what a client sent.
/// </summary>
/// <remarks>
/// The secret is looked at only for a nonce that is ours, fresh and issued to the same address. So every guess at a
/// secret costs a round trip, is counted by the caller (<see cref="DigestOutcome.Wrong"/>), and comes from an address
/// that really hears us.
/// </remarks>
public sealed class DigestAuthenticator
{
    private const int MaxUserNameBytes = 256;
    private const int MaxSecretBytes = 512;

    // Stands in for the secret of unknown users, so that their check takes the same steps; nobody can guess it.
    private readonly Secret _dummy = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
    private readonly DigestOptions _options;
    private readonly byte[] _realm;
    private readonly byte[][] _challengeHeads;
    private readonly NonceMint _nonces;
    private readonly NonceReplayTable _used;
    private readonly HashedSecretCache _hashes;

    public DigestAuthenticator(DigestOptions options)
        : this(options, RandomNumberGenerator.GetBytes(ShortMac.Size))
    {
    }

    internal DigestAuthenticator(DigestOptions options, ReadOnlySpan<byte> nonceKey)
    {
        _options = options;
        _realm = Encoding.UTF8.GetBytes(options.Realm);
        _nonces = new NonceMint(nonceKey, options.NonceLifetime, options.BindNonceToSource);
        _used = new NonceReplayTable(options.NonceLifetime, options.MaxUsedNonces);
        _hashes = new HashedSecretCache(options.MaxCachedSecrets);
        _challengeHeads = [HeadOf(DigestAlgorithm.Md5), HeadOf(DigestAlgorithm.Sha256)];
    }

    /// <summary>How often each outcome occurred.</summary>
    public DigestCounters Counters { get; } = new();

    /// <summary>Nonces that are remembered against replay, at most <see cref="DigestOptions.MaxUsedNonces"/>.</summary>
    public int UsedNonces => _used.Count;

    /// <summary>Checks the credentials of a request.</summary>
    /// <param name="request">The request; ACK and CANCEL must not be challenged (RFC 3261 §22.1), so do not ask for them.</param>
    /// <param name="proxy">True for Proxy-Authorization (407), false for Authorization (401).</param>
    /// <param name="users">Finds the user; asked at most once.</param>
    /// <param name="source">Where the request came from; the port does not matter.</param>
    /// <param name="now">The time.</param>
    public DigestResult Check(SipMessage request, bool proxy, IDigestUsers users, in NetAddress source, Moment now)
    {
        var result = Judge(request, proxy ? HeaderName.ProxyAuthorization : HeaderName.Authorization, users, source, now);
        Counters.Count(result.Outcome);
        return result;
    }

    /// <summary>
    /// Adds a challenge for each algorithm, most preferred first (RFC 8760 §2.3), all with one new nonce.
    /// </summary>
    /// <param name="writer">The 401 or 407 answer.</param>
    /// <param name="proxy">True for Proxy-Authenticate (407), false for WWW-Authenticate (401).</param>
    /// <param name="result">What <see cref="Check"/> said; default for a challenge without a request's credentials.</param>
    /// <param name="source">Where the answer goes to.</param>
    /// <param name="now">The time.</param>
    public void WriteChallenges(SipWriter writer, bool proxy, in DigestResult result, in NetAddress source, Moment now)
    {
        Span<byte> nonce = stackalloc byte[NonceMint.TextLength];
        _nonces.Make(source, now, nonce);
        Counters.CountChallenge();
        var tail = result.IsStale ? "\", stale=true"u8 : "\""u8;
        var longest = Math.Max(_challengeHeads[0].Length, _challengeHeads[1].Length) + nonce.Length + tail.Length;
        var value = longest <= 512 ? stackalloc byte[512] : new byte[longest];
        foreach (var algorithm in (result.Algorithms ?? _options.Algorithms).Order)
        {
            var head = _challengeHeads[(int)algorithm];
            head.CopyTo(value);
            nonce.CopyTo(value[head.Length..]);
            tail.CopyTo(value[(head.Length + nonce.Length)..]);
            writer.Header(proxy ? HeaderName.ProxyAuthenticate : HeaderName.WwwAuthenticate, value[..(head.Length + nonce.Length + tail.Length)]);
        }
    }

    private DigestResult Judge(SipMessage request, HeaderName name, IDigestUsers users, in NetAddress source, Moment now)
    {
        var found = false;
        var malformed = false;
        foreach (ref readonly var field in request.Headers)
        {
            if (field.Name != name)
                continue;

            // Of several credentials for our realm the first with an algorithm that we speak counts (RFC 8760 §2.4).
            if (!DigestCredentials.TryParse(request.ValueOf(field), out var isDigest, out var credentials))
                malformed |= isDigest;
            else if (!Unquote(credentials.Realm).SequenceEqual(_realm))
                continue;
            else if (!credentials.TryGetAlgorithm(out var algorithm))
                found = true;
            else
                return Judge(request, credentials, algorithm, users, source, now);
        }

        return new DigestResult(malformed && !found ? DigestOutcome.Malformed : DigestOutcome.NoCredentials);
    }

    private DigestResult Judge(
        SipMessage request, in DigestCredentials credentials, DigestAlgorithm algorithm, IDigestUsers users, in NetAddress source, Moment now)
    {
        // RFC 8760 §2.7: a client that was not challenged yet may send the parameters empty.
        if (credentials.Nonce.Length == 0 && credentials.Response.Length == 0)
            return new DigestResult(DigestOutcome.NoCredentials);
        if (!credentials.IsComplete() || credentials.UserName.Length > MaxUserNameBytes)
            return new DigestResult(DigestOutcome.Malformed);

        // Without qop a nonce serves once: as if its last count were used.
        var count = uint.MaxValue;
        if (credentials.HasQop ? !credentials.TryGetNonceCount(out count) : !_options.AcceptNoQop)
            return new DigestResult(credentials.HasQop ? DigestOutcome.Malformed : DigestOutcome.NoCredentials);

        Span<byte> claimed = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        var hashLength = DigestCalculator.HashLength(algorithm);
        if (credentials.Response.Length != hashLength * 2
            || Convert.FromHexString(credentials.Response, claimed, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return new DigestResult(DigestOutcome.Malformed);
        }

        var uri = Unquote(credentials.Uri);
        if (!DigestUris.Correspond(uri, request.RequestUri))
            return new DigestResult(DigestOutcome.Malformed);
        if (_nonces.Read(credentials.Nonce, source, now, out var nonce) != NonceState.Good)
            return new DigestResult(DigestOutcome.Stale);

        var userName = Unquote(credentials.UserName);
        var known = users.TryFind(userName, out var user);
        var algorithms = known ? user.Algorithms : null;
        if (!(algorithms ?? _options.Algorithms).Contains(algorithm))
            return new DigestResult(DigestOutcome.NoCredentials, Algorithms: algorithms);

        Span<byte> hashA1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var isCached = TryFindHash(known ? user.Secret : _dummy, userName, algorithm, hashA1);
        Span<byte> computed = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        DigestCalculator.Response(
            algorithm, hashA1[..(hashLength * 2)], credentials.Nonce, credentials.NonceCountText, Unquote(credentials.ClientNonce),
            credentials.Qop, request.MethodText, uri, computed);
        if (!CryptographicOperations.FixedTimeEquals(computed[..hashLength], claimed[..hashLength]) || !known)
        {
            // A failed check has computed H(A1) exactly once, whether the user exists, is cached, or neither.
            if (isCached)
                HashSecret(_dummy, userName, algorithm, hashA1);

            return new DigestResult(DigestOutcome.Wrong, Encoding.UTF8.GetString(userName), algorithms);
        }

        if (!isCached)
            _hashes.Keep(user.Secret, userName, algorithm, hashA1[..(hashLength * 2)]);

        return _used.TryUse(nonce, count)
            ? new DigestResult(DigestOutcome.Ok, user.Name, algorithms)
            : new DigestResult(DigestOutcome.Stale, Algorithms: algorithms);
    }

    private bool TryFindHash(Secret secret, ReadOnlySpan<byte> userName, DigestAlgorithm algorithm, Span<byte> hashA1)
    {
        var kept = _hashes.Find(secret, userName, algorithm);
        if (kept.Length > 0)
        {
            kept.CopyTo(hashA1);
            return true;
        }

        HashSecret(secret, userName, algorithm, hashA1);
        return false;
    }

    private void HashSecret(Secret secret, ReadOnlySpan<byte> userName, DigestAlgorithm algorithm, Span<byte> hashA1)
    {
        var text = secret.Reveal();
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = size <= MaxSecretBytes ? stackalloc byte[MaxSecretBytes] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        DigestCalculator.HashA1(algorithm, userName, _realm, bytes[..length], hashA1);
        CryptographicOperations.ZeroMemory(bytes[..length]);
    }

    private byte[] HeadOf(DigestAlgorithm algorithm) => Encoding.UTF8.GetBytes(
        $"Digest realm={SipText.Quote(_options.Realm)}, algorithm={Encoding.ASCII.GetString(DigestAlgorithms.Token(algorithm))}, qop=\"auth\", nonce=\"");

    /// <summary>unq(X) of RFC 7616 §3.3: the value without quoting slashes.</summary>
    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\'))
            return inside;

        var plain = new byte[inside.Length];
        var length = 0;
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '\\' && i + 1 < inside.Length)
                i++;

            plain[length++] = inside[i];
        }

        Debug.Assert(length > 0, "a backslash escapes something or stands for itself");
        return plain.AsSpan(0, length);
    }
}
