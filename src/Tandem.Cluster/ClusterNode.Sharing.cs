using System.Globalization;
using System.Text;
using Tandem.Cluster.Bindings;
using Tandem.Cluster.Limits;
using Tandem.Cluster.Nodes;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>What this node learns of the others.</summary>
public sealed partial class ClusterNode
{
    // The nodes that are telling all they have, with the round in which they began. Under _applying, as _round.
    private readonly Dictionary<string, (string Id, long Round)> _telling = new(StringComparer.Ordinal);
    private long _round;
    private int _isLoadQueued;
    private volatile int _loadFailures;

    // What was said before is missed: who was telling all he has when it began is not heard to the end.
    private void Subscribed()
    {
        lock (_applying)
            _telling.Clear();
        _ = LoadAsync();
    }

    // After the channel is heard, so that nothing falls between.
    private async Task LoadAsync()
    {
        try
        {
            // One that has not begun reads for all who want it.
            if (Interlocked.Exchange(ref _isLoadQueued, 1) != 0)
                return;

            await _loading.WaitAsync(_stop.Token);
            try
            {
                Volatile.Write(ref _isLoadQueued, 0);
                await LoadAllAsync();
                _loadFailures = 0;
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
            // Commands and messages have connections of their own: while that of commands is not there yet, this is tried again soon; what is refused, ever more slowly.
            _loadFailures = IsConnected ? Math.Min(_loadFailures + 1, MaxDoublings) : 0;
            await Pauses.WaitAsync(Pause(_loadFailures), _time, _stop.IsCancellationRequested ? new CancellationToken(true) : _stop.Token);
            if (!_stop.IsCancellationRequested)
                _ = LoadAsync();
        }
    }

    private async Task LoadAllAsync()
    {
        long round;
        lock (_applying)
        {
            _heardMeanwhile = [];
            round = ++_round;
        }

        // Looked at first: of these nodes all that they have is read now, and what is known of them besides has left.
        var whole = new HashSet<string>(StringComparer.Ordinal);
        await VisitAsync(ToldPrefix, key =>
        {
            if (whole.Count < _options.MaxNodes)
                whole.Add(key.Text[ToldPrefix.Length..]);
            return Task.CompletedTask;
        });
        await VisitAsync(NodePrefix, LoadNodeAsync);
        await VisitAsync(AorPrefix, LoadNumberAsync);
        lock (_applying)
            _remote.DropBefore(round, whole.Contains);
    }

    private Task VisitAsync(string prefix, Func<RespValue, Task> visit) =>
        VisitPagesAsync(cursor => RedisCommand.Of("SCAN", cursor, "MATCH", prefix + "*", "COUNT", ScanCount), visit);

    // In pages: as one answer, all of them may be more than is taken.
    private async Task VisitPagesAsync(Func<string, RedisCommand> scan, Func<RespValue, Task> visit)
    {
        var cursor = "0";
        do
        {
            var page = await _client.AskAsync(scan(cursor), _stop.Token);
            if (page.Items.Length != 2)
                return;

            cursor = page.Items[0].Text;
            foreach (var portion in page.Items[1].Items.Chunk(_portion))
                await Task.WhenAll(portion.Select(visit));
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

    private void Hear(ReadOnlyMemory<byte> json)
    {
        if (SharedUse.Is(json.Span) && SharedUse.Read(json.Span) is { } use)
            TakeUse(use);
        else if (SharedPin.Is(json.Span) && SharedPin.Read(json.Span) is { } pin)
            TakePin(pin);
        else if (SharedUse.Is(json.Span) || SharedPin.Is(json.Span))
            Interlocked.Increment(ref _useSkipped);
        else
            Take(json, isNews: true);
    }

    private void Take(ReadOnlyMemory<byte> json, bool isNews)
    {
        if (SharedBinding.Read(json.Span) is not { } shared)
        {
            TakeOther(json.Span);
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

            _remote.Apply(shared, _round);
        }
    }

    private void TakeOther(ReadOnlySpan<byte> json)
    {
        if (SharedNode.Read(json) is { } node && node.NodeId != _node)
        {
            lock (_applying)
                _nodes.Heard(node);
        }
        else if (SharedTelling.Read(json) is { } telling && telling.TellingNode != _node)
        {
            TakeTelling(telling);
        }
    }

    // Between its beginning and its end a node tells all that it has: what is known of it and was not told then has left.
    private void TakeTelling(SharedTelling telling)
    {
        lock (_applying)
        {
            if (!telling.IsDone)
            {
                if (_telling.Count < _options.MaxNodes || _telling.ContainsKey(telling.TellingNode))
                    _telling[telling.TellingNode] = (telling.Id, ++_round);
                return;
            }

            if (_telling.Remove(telling.TellingNode, out var begun) && begun.Id == telling.Id)
            {
                _remote.DropBefore(begun.Round, node => node == telling.TellingNode);
                return;
            }
        }

        // Its beginning was missed; what it has stands in Redis.
        _ = LoadAsync();
    }
}
