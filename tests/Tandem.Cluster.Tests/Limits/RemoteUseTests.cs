using Tandem.Calls.Limits;
using Tandem.Cluster.Harness;

namespace Tandem.Cluster.Limits;

public sealed class RemoteUseTests
{
    private static readonly UseKey Acme = new(UseKind.Tenant, "acme");

    private readonly SteppedTime _time = new();

    [Fact]
    public void Nodes_are_added_up_and_each_lapses_by_itself()
    {
        var use = Table();
        use.Take("a", Acme, new NodeUse(Calls: 2, Asked: 1.5, InLastMinute: 3, RefusedInLastMinute: 4));
        _time.Pass(3);
        use.Take("b", Acme, new NodeUse(Calls: 5));
        Assert.Equal(new NodeUse(7, 1.5, 3, 4), use.Of(Acme));
        use.Take("c", Acme, new NodeUse(Asked: 0.5));
        Assert.Equal([0.5, 1.5], use.AskedOf(Acme));
        Assert.Empty(use.AskedOf(Acme with { Kind = UseKind.Profile }));
        use.Take("c", Acme, default);
        Assert.Equal(default, use.Of(Acme with { Tenant = "globex" }));
        Assert.Equal(default, use.Of(Acme with { Kind = UseKind.Toll }));
        _time.Pass(2.001);
        Assert.Equal(new NodeUse(5), use.Of(Acme));
        Assert.Empty(use.AskedOf(Acme));
        use.Take("b", Acme, new NodeUse(Calls: 6));
        _time.Pass(4.9);
        Assert.Equal(new NodeUse(6), use.Of(Acme));
        _time.Pass(0.2);
        Assert.Equal(default, use.Of(Acme));
        Assert.Equal(2, use.Count);
        use.Sweep();
        Assert.Equal(0, use.Count);
    }

    [Fact]
    public void Who_uses_nothing_any_more_is_forgotten_at_once()
    {
        var use = Table();
        use.Take("a", Acme, new NodeUse(Calls: 2));
        use.Take("b", Acme, new NodeUse(Calls: 1));
        use.Take("a", Acme, default);
        Assert.Equal((new NodeUse(1), 1), (use.Of(Acme), use.Count));
        use.Take("b", Acme, default);
        use.Take("c", Acme, default);
        Assert.Equal((default, 0), (use.Of(Acme), use.Count));
    }

    [Fact]
    public void There_is_room_for_so_many_and_what_is_known_is_told_anew_all_the_same()
    {
        var use = Table(most: 2);
        use.Take("a", Acme, new NodeUse(Calls: 1));
        use.Take("b", Acme, new NodeUse(Calls: 1));
        use.Take("c", Acme, new NodeUse(Calls: 1));
        use.Take("a", Acme, new NodeUse(Calls: 9));
        Assert.Equal((new NodeUse(10), 2, 1L), (use.Of(Acme), use.Count, use.Refused));
    }

    private RemoteUse Table(int most = 10) => new(most, TimeSpan.FromSeconds(5), _time);
}
