using Tandem.Sip.Resolution;

namespace Tandem.Sip.Tests.Resolution;

/// <summary>RFC 2782, "Usage rules": priorities are kept, weights are shares.</summary>
public sealed class SrvOrderTests
{
    [Fact]
    public void Priorities_come_before_weights()
    {
        var records = new[] { Record("c", 30, 60_000), Record("a", 10, 0), Record("b", 20, 1), Record("a2", 10, 9) };
        for (var seed = 0; seed < 100; seed++)
        {
            var order = SrvOrder.Of(records, new Random(seed)).Select(r => r.Priority);
            Assert.Equal([10, 10, 20, 30], order.Select(p => (int)p));
        }
    }

    [Fact]
    public void Weights_are_shares()
    {
        var records = new[] { Record("a", 1, 10), Record("b", 1, 20), Record("c", 1, 70), Record("z", 1, 0) };
        var random = new Random(5);
        var first = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0, ["c"] = 0, ["z"] = 0 };
        for (var i = 0; i < 20_000; i++)
        {
            var order = SrvOrder.Of(records, random);
            Assert.Equal(4, order.Distinct().Count());
            first[order[0].Target]++;
        }

        Assert.InRange(first["a"], 1_800, 2_200);
        Assert.InRange(first["b"], 3_700, 4_300);
        Assert.InRange(first["c"], 13_400, 14_300);

        // "A very small chance", and not none: one lot of 101.
        Assert.InRange(first["z"], 100, 320);
    }

    [Fact]
    public void Equal_servers_without_weight_are_all_there()
    {
        var records = Enumerable.Range(0, 5).Select(i => Record($"s{i}", 1, 0)).ToArray();

        Assert.Equal(records.Select(r => r.Target).Order(), SrvOrder.Of(records, new Random(1)).Select(r => r.Target).Order());
    }

    private static DnsRecord Record(string target, ushort priority, ushort weight) =>
        new() { Owner = "_sip._udp.a.test", Type = DnsType.Srv, Priority = priority, Weight = weight, Target = target };
}
