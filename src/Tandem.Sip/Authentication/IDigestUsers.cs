namespace Tandem.Sip.Authentication;

/// <summary>Finds users by name. Called once for each request with credentials, on the shard: it answers from memory.</summary>
public interface IDigestUsers
{
    /// <summary>Finds a user; false when nobody (or nobody who may log in) has that name.</summary>
    /// <param name="name">The user name in UTF-8, without quotes and escapes; hostile.</param>
    bool TryFind(ReadOnlySpan<byte> name, out DigestUser user);
}
