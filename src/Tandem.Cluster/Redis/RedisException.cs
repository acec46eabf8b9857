namespace Tandem.Cluster.Redis;

/// <summary>Redis cannot be used now, or refused a command; the message is for people and holds no secret.</summary>
public sealed class RedisException(string message, Exception? inner = null) : Exception(message, inner);
