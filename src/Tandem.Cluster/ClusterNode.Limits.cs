using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Limits;

namespace Tandem.Cluster;

/// <summary>Limits that hold for all nodes together: each tells every interval what it uses, and adds what the others told.</summary>
public sealed partial class ClusterNode
{
    // What was told last and was not nothing: that it is nothing now is told once.
    private HashSet<UseKey> _toldUse = [];
    private long _usedAt;
    private long _useFailures;
    private long _useSkipped;
    private bool _isUseUntold;

    /// <summary>What the others use; nothing while they are not heard.</summary>
    public IRemoteUse RemoteUse => _remoteUse;

    /// <summary>What this node uses, asked each <see cref="ClusterOptions.UseInterval"/> with the seconds since it was asked last. Set before <see cref="Start"/>.</summary>
    public Func<double, IReadOnlyList<ToldUse>>? Use { get; set; }

    /// <summary>Hears what the calls of another node have cost a tenant, and its block. Set before <see cref="Start"/>; it must not throw.</summary>
    public Action<string, TenantId, TollState>? TollTold { get; set; }

    /// <summary>Hears that what this node uses could not be told, with the reason; once until it is told again. Set before <see cref="Start"/>.</summary>
    public Action<string>? UseUntold { get; set; }

    // The others count a node that is silent as one that uses nothing: whatever fails once is tried again in the next interval.
    private async Task TellUseAsync()
    {
        while (await _useTimer.WaitForNextTickAsync())
        {
            try
            {
                TellUse();
                _isUseUntold = false;
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref _useFailures);
                if (!_isUseUntold)
                    UseUntold?.Invoke(e.Message);
                _isUseUntold = true;
            }
        }
    }

    // Asked whether Redis is there or not: rates are those of one interval. A message that finds no place is not missed, the next one comes soon.
    private void TellUse()
    {
        var seconds = Math.Max(0.001, _time.GetElapsedTime(_usedAt).TotalSeconds);
        _usedAt = _time.GetTimestamp();
        if (Use?.Invoke(seconds) is not { } all || !IsConnected)
            return;

        var told = new HashSet<UseKey>();
        var uses = new List<ToldUse>();
        foreach (var use in all)
        {
            if ((use.Use != default || use.Toll is not null) && told.Add(use.Key))
                uses.Add(use);
        }

        foreach (var key in _toldUse)
        {
            if (!told.Contains(key))
                uses.Add(new ToldUse(key, default));
        }

        _toldUse = told;
        foreach (var portion in uses.Chunk(SharedUse.Portion))
            _client.Post(Command("PUBLISH", Channel, new SharedUse(_node, portion).ToJson()));
    }

    private void TakeUse(SharedUse shared)
    {
        if (shared.UseOf == _node)
            return;

        Interlocked.Add(ref _useSkipped, shared.Skipped);

        foreach (var told in shared.Uses)
        {
            lock (_applying)
                _remoteUse.Take(shared.UseOf, told.Key, told.Use);
            if (told is { Toll: { } toll, Key: { Kind: UseKind.Toll, Tenant.Length: > 0 } })
                TollTold?.Invoke(shared.UseOf, new TenantId(told.Key.Tenant), toll);
        }
    }
}
