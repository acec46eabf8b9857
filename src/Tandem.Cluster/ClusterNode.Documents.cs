using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>Documents that others keep through this node.</summary>
public sealed partial class ClusterNode
{
    // Keys of documents that changed while Redis was away, or were lost with a connection, with the number of the change: what stands there is not true any more. Its own lock,
    // under which commands are queued too, so that a document that is kept later is not taken out.
    private readonly Dictionary<string, long> _outdated = new(StringComparer.Ordinal);
    private long _change;

    /// <summary>Keeps a document for as long as those of calls (<see cref="ClusterOptions.CallLifetime"/>). What changes while Redis is away is not kept, and what stood there before goes when it is back.</summary>
    public void Keep(string key, byte[] json) => Post(key, Command("SET", key, json, "EX"u8.ToArray(), _callLifetime));

    /// <summary>Takes a document out, now or when Redis is back.</summary>
    public void Drop(string key) => Post(key, RedisCommand.Of("DEL", key));

    private void Post(string key, RedisCommand command)
    {
        lock (_outdated)
        {
            if (_client.Post(command, () => LostDocument(key)))
            {
                _outdated.Remove(key);
                return;
            }

            Outdate(key);
        }

        Missed();
    }

    // It was sent, or was about to be, and nobody knows whether Redis took it: what stands there goes by the telling of the next connection.
    private void LostDocument(string key)
    {
        lock (_outdated)
            Outdate(key);
    }

    private void Outdate(string key)
    {
        if (_outdated.Count < _options.QueueLimit || _outdated.ContainsKey(key))
            _outdated[key] = ++_change;
        else
            Interlocked.Increment(ref _dropped);
    }

    // Each is done with when Redis has said so, unless it changed once more meanwhile.
    private async Task DropOutdatedAsync()
    {
        KeyValuePair<string, long>[] all;
        lock (_outdated)
            all = [.. _outdated];

        foreach (var portion in all.Chunk(_portion))
        {
            await Task.WhenAll(portion.Select(DropOutdatedAsync));
            lock (_outdated)
            {
                foreach (var (key, change) in portion)
                {
                    if (IsOutdated(key, change))
                        _outdated.Remove(key);
                }
            }
        }
    }

    private Task DropOutdatedAsync(KeyValuePair<string, long> document)
    {
        lock (_outdated)
            return IsOutdated(document.Key, document.Value) ? _client.AskAsync(RedisCommand.Of("DEL", document.Key), _stop.Token) : Task.CompletedTask;
    }

    private bool IsOutdated(string key, long change) => _outdated.TryGetValue(key, out var last) && last == change;
}
