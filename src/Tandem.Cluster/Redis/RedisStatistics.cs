namespace Tandem.Cluster.Redis;

/// <summary>How the connection to Redis stands.</summary>
/// <param name="Queue">Commands that wait to be sent, or for their answer.</param>
/// <param name="Sent">Commands that were sent.</param>
/// <param name="Dropped">Commands that were left out: Redis away, or too many waited.</param>
/// <param name="Connections">Times that it connected.</param>
/// <param name="Answers">Answers that came.</param>
/// <param name="AnswerTime">From queueing a command to its answer, all of them together.</param>
/// <param name="LastAnswerTime">The same of the last one.</param>
/// <param name="LastFailure">Why it broke last; empty when it did not.</param>
public sealed record RedisStatistics(bool IsConnected, int Queue, long Sent, long Dropped, long Connections, long Answers, TimeSpan AnswerTime, TimeSpan LastAnswerTime, string LastFailure);
