using Tandem.Core.Privacy;

namespace Tandem.Sip.Authentication;

/// <summary>Credentials of ours at another server, and to whom they belong.</summary>
/// <param name="User">The user name at that server.</param>
/// <param name="Secret">The secret.</param>
/// <param name="Host">The only host whose challenges are answered: the domain or address that our request was sent to.</param>
/// <param name="Realm">
/// The only realm that is answered. Empty: the first realm that this host asks for, and from then on only that one. A realm is a
/// text that anybody can write, so it never frees from the check of the host.
/// </param>
public sealed record DigestAccount(string User, Secret Secret, string Host, string Realm = "");
