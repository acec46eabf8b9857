using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks;

/// <summary>
/// Answers the challenges of one provider for one profile (RFC 3261 §22), on one shard. Nobody else gets an answer: a challenge from a
/// host that is not the provider's, or for a realm that is not the one it named first, is refused and said so.
/// </summary>
internal sealed class ProfileCredentials
{
    private readonly DigestClient? _client;
    private readonly string _host;

    public ProfileCredentials(SipProfile profile, Random random, TrunkOptions options)
    {
        Profile = profile;
        _host = profile.Server;
        if (profile.Password.Reveal().Length > 0)
            _client = new DigestClient(new DigestAccount(profile.DigestUser, profile.Password, _host, profile.Realm), random, DigestClientOptions.Default with { AllowNoQop = options.AllowNoQop });
    }

    /// <summary>The profile as it was when these were made.</summary>
    public SipProfile Profile { get; }

    /// <summary>True when they are those of <paramref name="profile"/> as it is now.</summary>
    public bool IsFor(SipProfile profile) =>
        ReferenceEquals(profile, Profile) || (profile.DigestUser == Profile.DigestUser && profile.Password.Reveal() == Profile.Password.Reveal()
            && profile.Realm == Profile.Realm && profile.Server == Profile.Server && profile.Domain == Profile.Domain && profile.OutboundProxy == Profile.OutboundProxy);

    /// <summary>The header for a request that was not challenged yet, from an earlier nonce; false when there is none.</summary>
    public bool TryBegin(SipMethod method, string uri, out HeaderName header, out string value)
    {
        header = default;
        value = "";
        return _client is not null && _client.TryBegin(Name(method), uri, _host, out header, out value);
    }

    /// <summary>Answers a 401 or 407 that came from <paramref name="host"/>.</summary>
    /// <param name="response">The response.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="uri">Its Request-URI.</param>
    /// <param name="host">The host that it was sent to.</param>
    /// <param name="tries">The answers that this request has had; counted up here.</param>
    /// <param name="header">Authorization or Proxy-Authorization.</param>
    /// <param name="value">The value of that header.</param>
    public DigestClientOutcome Answer(SipMessage response, SipMethod method, string uri, string host, ref int tries, out HeaderName header, out string value)
    {
        header = default;
        value = "";
        if (_client is null)
            return ProfileAddresses.IsOurs(Profile, host) ? DigestClientOutcome.Refused : DigestClientOutcome.ForeignHost;

        return _client.Answer(response, Name(method), uri, ProfileAddresses.IsOurs(Profile, host) ? _host : host, ref tries, out header, out value);
    }

    private static string Name(SipMethod method) => method.ToString().ToUpperInvariant();
}
