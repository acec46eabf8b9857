using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;

namespace Tandem.Server.Streams;

/// <summary>Who follows the events of another tenant, and for how long.</summary>
public sealed class IdentityCheckTests
{
    private static readonly TenantId Other = new("other");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("other", false)]
    [InlineData("default", true)]
    public async Task An_operator_who_is_none_any_more_follows_his_own_tenant_alone(string followed, bool goesOn)
    {
        await using var server = await ApiServer.StartAsync(o => ApiServer.Production(o) with { Streams = o.Streams with { PingInterval = TimeSpan.FromSeconds(3) } });
        await server.Storage.Tenants.AddAsync(new Tenant(Other, "Other"), Cancellation);
        await server.Storage.Users.AddAsync(TenantId.Default, "boss", "", Role.Operator, new Secret("long enough"), Cancellation);
        await server.Storage.Users.AddAsync(TenantId.Default, "ann", "", Role.Operator, new Secret("long enough"), Cancellation);
        var session = await server.Storage.Sessions.BeginAsync(TenantId.Default, "ann", TimeSpan.FromHours(1), cancellation: Cancellation);
        var (client, _) = await EventClient.OpenAsync(server, "tenant=" + followed, o => o.SetRequestHeader("Cookie", "tandem_session=" + session.Reveal()));
        using var __ = client;

        // It receives all the time: who does not answers no ping of the protocol, and is cut off for that.
        var first = goesOn ? client.PingAsync() : null;
        var closed = goesOn ? null : client.ClosedAsync();
        Assert.Equal(UserSave.Done, await server.Storage.Users.ChangeAsync(TenantId.Default, "ann", new UserChange { Role = Role.Supervisor }, Cancellation));
        if (closed is not null)
        {
            Assert.Equal((4001, "The session or token has ended"), await closed);
            return;
        }

        await first!;
        await client.PingAsync();
        await client.PingAsync();
    }
}
