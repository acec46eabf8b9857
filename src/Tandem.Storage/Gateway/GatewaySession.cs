namespace Tandem.Storage.Gateway;

/// <summary>A session of a user in a call that a program keeps a record of.</summary>
/// <param name="CallId">The call.</param>
/// <param name="SessionId">A UUID.</param>
/// <param name="UserId">A UUID; null when the program has none.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="LastActivity">When something was heard of it last.</param>
/// <param name="IsActive">True until the call has ended.</param>
public sealed record GatewaySession(string CallId, string SessionId, string? UserId, DateTimeOffset StartTime, DateTimeOffset LastActivity, bool IsActive);
