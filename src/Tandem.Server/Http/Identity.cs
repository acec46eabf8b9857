namespace Tandem.Server.Http;

/// <summary>Who makes a request.</summary>
/// <param name="Kind">How they proved it.</param>
/// <param name="Name">The user, the name of the token, or <c>loopback</c>.</param>
/// <param name="ExpiresAt">When the session or token ends; null for never.</param>
public sealed record Identity(IdentityKind Kind, string Name, DateTimeOffset? ExpiresAt = null);
