using Tandem.Calls.Limits;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Tests.Limits;

/// <summary>What the other nodes told.</summary>
internal sealed class FakeRemoteUse : IRemoteUse
{
    private readonly Dictionary<UseKey, NodeUse> _told = [];

    public void Tell(UseKind kind, string tenant, string profile, NodeUse use) => _told[new UseKey(kind, tenant, profile)] = use;

    /// <summary>Takes all that one node uses for what the only other one told.</summary>
    public void Tell(IEnumerable<ToldUse> uses)
    {
        _told.Clear();
        foreach (var told in uses)
            _told[told.Key] = told.Use;
    }

    public TimeSpan Lifetime => TimeSpan.FromSeconds(5);

    public double[] AskedOf(in UseKey key) => Of(key).Asked is > 0 and var asked ? [asked] : [];

    public NodeUse Of(in UseKey key) => _told.GetValueOrDefault(key);
}
