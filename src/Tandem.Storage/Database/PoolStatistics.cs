namespace Tandem.Storage.Database;

/// <summary>How the pool of connections stands.</summary>
/// <param name="InUse">Connections that somebody has now, the writer's own among them where it comes from the pool.</param>
/// <param name="Limit">Connections at most; 0 for any number.</param>
/// <param name="Borrowed">Times that somebody took one.</param>
/// <param name="Refused">Times that somebody got none: the database was away, or all were in use for too long.</param>
public sealed record PoolStatistics(int InUse, int Limit, long Borrowed, long Refused);
