namespace Tandem.Storage.Administration;

/// <summary>A session as lists show it.</summary>
/// <param name="Id">Its key in the API; nothing to sign in with.</param>
/// <param name="Source">The address that signed in.</param>
/// <param name="UserAgent">The browser that did.</param>
public sealed record SessionEntry(string Id, string UserName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string Source, string UserAgent);
