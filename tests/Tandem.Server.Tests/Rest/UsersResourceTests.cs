namespace Tandem.Server.Rest;

public sealed class UsersResourceTests
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddMinutes(20);

    [Fact]
    public async Task Users_are_a_bare_array_with_the_fields_of_document_5()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", new DateTimeOffset(2100, 1, 2, 3, 4, 5, 6, TimeSpan.Zero)));

        var (_, body) = await server.GetAsync("/api/users");

        Assert.Equal(
            """
            [{"number":"100","uri":"sip:100@192.0.2.1:5060","address":"192.0.2.1","port":5062,"expires":3600,"expiresAt":"2100-01-02T03:04:05.006Z","registeredAt":"2026-03-01T12:00:00.000Z","lastSeen":"2026-03-01T12:30:00.050Z","status":"REGISTERED","registrationCount":4,"contacts":[{"uri":"sip:100@192.0.2.1:5060","transport":"UDP","address":"192.0.2.1","port":5062,"q":1,"expiresAt":"2100-01-02T03:04:05.006Z","userAgent":"Phone","behindNat":false}]}]
            """, body);
    }

    [Fact]
    public async Task Of_several_contacts_the_one_that_is_rung_first_stands_for_the_user_and_expired_ones_are_gone()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", Later, q: 300));
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.2", Later, q: 900));
        server.Exchange.Registered.Add(FakeExchange.Contact("101", "192.0.2.3", DateTimeOffset.UtcNow.AddSeconds(-1)));

        var user = Assert.Single((await server.JsonAsync("/api/users")).EnumerateArray());

        Assert.Equal("192.0.2.2", user.GetProperty("address").GetString());
        Assert.Equal(2, user.GetProperty("contacts").GetArrayLength());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("?within=19", 0)]
    [InlineData("?within=21", 1)]
    [InlineData("?within=0", 0)]
    public async Task Expiring_users_are_those_within_so_many_minutes(string query, int expected)
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", DateTimeOffset.UtcNow.AddMinutes(20)));

        var users = await server.JsonAsync("/api/users/expiring" + query);

        Assert.Equal(expected, users.GetArrayLength());
        if (expected > 0)
        {
            Assert.Equal(["number", "address", "expiresAt", "minutesUntilExpiry"], users[0].EnumerateObject().Select(p => p.Name));
            Assert.Equal(20, users[0].GetProperty("minutesUntilExpiry").GetInt32());
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("99999999999")]
    public async Task A_within_that_is_no_number_of_minutes_is_400(string within)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.GetAsync($"/api/users/expiring?within={within}");
        Assert.Equal(400, status);
        Assert.StartsWith("{\"error\":\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_is_unregistered_once()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", Later));

        Assert.Equal((200, """{"message":"User 100 unregistered"}"""), await server.SendAsync(HttpMethod.Delete, "/api/users/100"));
        Assert.Equal((404, """{"error":"User not found"}"""), await server.SendAsync(HttpMethod.Delete, "/api/users/100"));
    }
}
