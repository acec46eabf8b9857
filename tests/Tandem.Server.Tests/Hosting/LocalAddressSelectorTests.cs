using System.Net;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Server.Hosting;

public sealed class LocalAddressSelectorTests
{
    private readonly ManualTime _time = new();
    private readonly List<NetAddress> _asked = [];

    // Rows: SERVER_ADDRESS, listening address, the far side, what it is told.
    [Theory]
    [InlineData(null, "0.0.0.0", "192.0.2.77", "198.51.100.1")]
    [InlineData(null, "0.0.0.0", "127.0.0.1", "127.0.0.1")]
    [InlineData(null, "0.0.0.0", "127.8.0.1", "127.0.0.1")]
    [InlineData(null, "::", "::1", "::1")]
    [InlineData("203.0.113.9", "0.0.0.0", "192.0.2.77", "203.0.113.9")]
    [InlineData("203.0.113.9", "0.0.0.0", "127.0.0.1", "127.0.0.1")]
    [InlineData("203.0.113.9", "10.0.0.5", "192.0.2.77", "203.0.113.9")]
    [InlineData(null, "10.0.0.5", "192.0.2.77", "10.0.0.5")]
    [InlineData(null, "10.0.0.5", "127.0.0.1", "10.0.0.5")]
    [InlineData("203.0.113.9", "127.0.0.1", "127.0.0.1", "127.0.0.1")]
    public void A_far_side_is_told_an_address_that_it_can_reach(string? configured, string bound, string remote, string told)
    {
        var selector = Create(configured, bound, Address("198.51.100.1"));

        Assert.Equal(Address(told), selector.For(Address(remote).WithPort(5060)));
    }

    [Fact]
    public void A_route_is_asked_for_once_in_a_while_and_for_every_host()
    {
        var selector = Create(null, "0.0.0.0", Address("198.51.100.1"));

        selector.For(Address("192.0.2.1").WithPort(1));
        selector.For(Address("192.0.2.1").WithPort(2));
        selector.For(Address("192.0.2.2").WithPort(1));
        Assert.Equal([Address("192.0.2.1"), Address("192.0.2.2")], _asked);

        _time.Advance(LocalAddressSelector.Lifetime);
        selector.For(Address("192.0.2.1").WithPort(1));
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public void The_table_is_bounded()
    {
        var selector = Create(null, "0.0.0.0", Address("198.51.100.1"));

        for (uint i = 0; i < LocalAddressSelector.Capacity + 10; i++)
            selector.For(NetAddress.FromV4(0x0A000000 + i, 5060));

        Assert.Equal(10, selector.Count);
    }

    [Fact]
    public void Without_a_route_the_first_address_of_the_machine_is_told_and_without_one_the_loopback()
    {
        Assert.Equal(Address("10.1.1.1"), Create(null, "0.0.0.0", null, Address("10.1.1.1")).For(Address("192.0.2.1")));
        Assert.Equal(Address("127.0.0.1"), Create(null, "0.0.0.0", null).For(Address("192.0.2.1")));
        Assert.Equal(Address("127.0.0.1"), Create(null, "0.0.0.0", null).ForPeople());
    }

    [Fact]
    public void The_system_answers_with_an_address_of_its_own()
    {
        Assert.Equal(Address("127.0.0.1"), SystemRoutes.Toward(Address("127.0.0.1")));
        Assert.True(SystemRoutes.FirstAddress() is null or { IsLoopback: false, IsUnspecified: false });
    }

    private LocalAddressSelector Create(string? configured, string bound, NetAddress? route, NetAddress? first = null) =>
        new(
            configured is null ? null : Address(configured),
            Address(bound),
            remote =>
            {
                _asked.Add(remote);
                return route;
            },
            () => first,
            new Clock(_time));

    private static NetAddress Address(string text) => NetAddress.From(IPAddress.Parse(text), 0);

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
