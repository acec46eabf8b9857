using System.Collections.Concurrent;
using System.Net;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;

namespace Tandem.Server.Hosting;

public sealed class OwnAddressWatchTests
{
    [Fact]
    public async Task What_is_set_bound_seen_by_providers_of_the_operator_and_of_the_interfaces_is_ours()
    {
        var own = new OwnAddresses();
        IReadOnlyList<ProfileState> states = [State("45.33.32.7:5060")];
        var asked = new ConcurrentQueue<TenantId>(); // the watch asks again while we look
        await using var watch = new OwnAddressWatch([At("45.33.32.1"), default], Of, TimeProvider.System, (text, _) => Assert.Fail(text), own);
        Assert.True(own.Has(At("45.33.32.1")) && own.Has(At("45.33.32.7")));
        Assert.All(SystemRoutes.Addresses(), address => Assert.True(own.Has(NetAddress.From(address, 0))));
        Assert.All(asked, tenant => Assert.Equal(TenantId.Default, tenant));

        IReadOnlyList<ProfileState> Of(TenantId tenant)
        {
            asked.Enqueue(tenant);
            return states;
        }
    }

    [Theory]
    [InlineData("45.33.32.7:5060", "45.33.32.7")]
    [InlineData("45.33.32.7", "45.33.32.7")]
    [InlineData("[2600:3c01::7]:5061", "2600:3c01::7")]
    [InlineData("[2600:3c01::7]", "2600:3c01::7")]
    [InlineData("", null)]
    [InlineData("provider.example:5060", null)]
    public void What_a_provider_sees_is_read_without_its_port(string text, string? address) =>
        Assert.Equal(address is null ? default : At(address), State(text).PublicHost);

    private static ProfileState State(string seen) => new() { Id = new ProfileId("p"), Tenant = TenantId.Default, Status = default, Since = default, PublicAddress = seen };

    private static NetAddress At(string address) => NetAddress.From(IPAddress.Parse(address), 0);
}
