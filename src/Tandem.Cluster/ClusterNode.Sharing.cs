using System.Globalization;
using System.Text;
using Tandem.Cluster.Bindings;
using Tandem.Cluster.Nodes;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>What this node tells when a connection is made, and what it learns of the others.</summary>
public sealed partial class ClusterNode
{
    // What changed while Redis was away is made good. In portions, so that the queue holds them.
    private async Task TellAllAsync()
    {
        try
        {
            Found?.Invoke();
            TellSelf();
            var told = 0;
            foreach (var binding in Local?.Invoke() ?? [])
            {
                Tell(binding, isGone: false);
                if (++told % 1_000 == 0)
                    await _client.AskAsync(RedisCommand.Of("PING"), _stop.Token);
            }
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            // It broke again: the next connection begins anew.
        }
    }

    // After the channel is heard, so that nothing falls between.
    private async Task LoadAsync()
    {
        try
        {
            await _loading.WaitAsync(_stop.Token);
            try
            {
                lock (_applying)
                    _heardMeanwhile = [];
                await VisitAsync(NodePrefix, LoadNodeAsync);
                await VisitAsync(AorPrefix, LoadNumberAsync);
            }
            finally
            {
                lock (_applying)
                    _heardMeanwhile = null;
                _loading.Release();
            }
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException or ObjectDisposedException)
        {
            // Commands and messages have connections of their own: while that of commands is not there yet, this is tried again soon.
            await Pauses.WaitAsync(_options.RetryMinimum, _time, _stop.IsCancellationRequested ? new CancellationToken(true) : _stop.Token);
            if (!_stop.IsCancellationRequested)
                _ = LoadAsync();
        }
    }

    private async Task VisitAsync(string prefix, Func<RespValue, Task> visit)
    {
        var cursor = "0";
        do
        {
            var page = await _client.AskAsync(RedisCommand.Of("SCAN", cursor, "MATCH", prefix + "*", "COUNT", ScanCount), _stop.Token);
            if (page.Items.Length != 2)
                return;

            cursor = page.Items[0].Text;
            foreach (var key in page.Items[1].Items)
                await visit(key);
        }
        while (cursor != "0" && !_stop.IsCancellationRequested);
    }

    private async Task LoadNodeAsync(RespValue key) => Take((await _client.AskAsync(new RedisCommand(["GET"u8.ToArray(), key.Bytes]), _stop.Token)).Bytes, isNews: false);

    private async Task LoadNumberAsync(RespValue key)
    {
        var values = await _client.AskAsync(new RedisCommand(["HVALS"u8.ToArray(), key.Bytes]), _stop.Token);
        foreach (var value in values.Items)
            Take(value.Bytes, isNews: false);
    }

    private void Hear(ReadOnlyMemory<byte> json) => Take(json, isNews: true);

    private void Take(ReadOnlyMemory<byte> json, bool isNews)
    {
        if (SharedBinding.Read(json.Span) is not { } shared)
        {
            if (SharedNode.Read(json.Span) is { } node && node.NodeId != _node)
            {
                lock (_applying)
                    _nodes.Heard(node);
            }

            return;
        }

        if (shared.Node == _node)
            return;

        lock (_applying)
        {
            var name = $"{AorKey(shared)}|{shared.Field}";
            if (isNews)
                _heardMeanwhile?.Add(name);
            else if (_heardMeanwhile?.Contains(name) == true)
                return;

            _remote.Apply(shared);
        }
    }

    private void TellSelf()
    {
        if (Address.Port == 0 || !IsConnected)
            return;

        var self = new SharedNode(_node, Address.ToString()).ToJson();
        var lifetime = Encoding.ASCII.GetBytes(((long)_options.NodeLifetime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        _client.Post(Command("SET", NodePrefix + _node, self, "PX"u8.ToArray(), lifetime));
        _client.Post(Command("PUBLISH", Channel, self));
    }
}
