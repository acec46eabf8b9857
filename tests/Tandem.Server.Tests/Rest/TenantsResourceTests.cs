using System.Text.Json;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

public sealed class TenantsResourceTests
{
    [Fact]
    public async Task A_tenant_is_made_changed_and_removed()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/tenants", new { id = "acme", displayName = "Acme Ltd", domain = "PBX.Acme.Example", limits = new { calls = 5 } });
        Assert.Equal(201, status);
        var made = JsonDocument.Parse(body).RootElement.GetProperty("data");
        Assert.Equal(
            ("acme", "Acme Ltd", "pbx.acme.example", true, "UTC", "en", 5, 0),
            (made.GetProperty("id").GetString(), made.GetProperty("displayName").GetString(), made.GetProperty("domain").GetString(), made.GetProperty("enabled").GetBoolean(),
                made.GetProperty("timeZone").GetString(), made.GetProperty("language").GetString(), made.GetProperty("limits").GetProperty("calls").GetInt32(),
                made.GetProperty("limits").GetProperty("registrations").GetInt32()));
        Assert.Equal(2, (await server.JsonAsync("/api/v1/tenants")).GetProperty("data").GetArrayLength());

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/tenants/acme", new { domain = "", limits = new { registrations = 7, spendPerDay = 2.5 } })).Status);
        var changed = (await server.JsonAsync("/api/v1/tenants/acme")).GetProperty("data");
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("domain").ValueKind);
        Assert.Equal(2.5m, changed.GetProperty("limits").GetProperty("spendPerDay").GetDecimal());
        Assert.Equal((5, 7), (changed.GetProperty("limits").GetProperty("calls").GetInt32(), changed.GetProperty("limits").GetProperty("registrations").GetInt32()));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/tenants/acme")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/tenants/acme")).Status);
        Assert.Contains("ID_TAKEN", (await server.SendAsync(HttpMethod.Post, "/api/v1/tenants", new { id = "acme" })).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"Acme"}""", "id")]
    [InlineData("""{}""", "id")]
    [InlineData("""{"id":"acme","displayName":""}""", "displayName")]
    [InlineData("""{"id":"acme","domain":"a b"}""", "domain")]
    [InlineData("""{"id":"acme","timeZone":"Mars/Olympus"}""", "timeZone")]
    [InlineData("""{"id":"acme","language":"german!"}""", "language")]
    [InlineData("""{"id":"acme","limits":{"calls":-1}}""", "limits.calls")]
    public async Task A_field_that_is_not_accepted_is_named(string body, string field)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, text) = await server.SendAsync(HttpMethod.Post, "/api/v1/tenants", JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, field), (status, JsonDocument.Parse(text).RootElement.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task The_default_tenant_stays()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Contains("DEFAULT_TENANT", (await server.SendAsync(HttpMethod.Delete, "/api/v1/tenants/default")).Body, StringComparison.Ordinal);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Patch, "/api/v1/tenants/default", new { enabled = false })).Status);
        Assert.NotNull(server.Storage.TenantDirectory.Find(TenantId.Default));
    }
}
