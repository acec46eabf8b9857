using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Media.Srtp;

namespace Tandem.Server.Rest;

public sealed class ExtensionSettingsResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    [Fact]
    public async Task An_extension_is_made_changed_and_removed_and_its_secret_shown_once()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/extensions/105")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/extensions/105")).Status);

        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "105", displayName = "Desk", srtp = "required", codecs = "opus, PCMA", recorded = true });
        Assert.Equal(201, status);
        var secret = JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("secret").GetString();
        Assert.Equal(
            """{"number":"105","displayName":"Desk","enabled":true,"algorithms":"","srtp":"required","codecs":"opus,PCMA","recorded":true}""",
            JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("extension").GetRawText());
        Assert.Equal(secret, server.Storage.Directory.Find(TenantId.Default, "105")!.Secret.Reveal());
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "105" })).Status);

        var changed = await server.SendAsync(HttpMethod.Patch, "/api/v1/extensions/105", new { enabled = false, srtp = "default" });
        Assert.Equal(200, changed.Status);
        Assert.DoesNotContain(secret!, changed.Body, StringComparison.Ordinal);
        var stored = server.Storage.Directory.Find(TenantId.Default, "105")!;
        Assert.Equal((false, (SrtpPolicy?)null, "opus,PCMA", true, secret), (stored.Enabled, stored.Srtp, stored.Codecs, stored.IsRecorded, stored.Secret.Reveal()));

        var (_, reset) = await server.SendAsync(HttpMethod.Post, "/api/v1/extensions/105/secret", new { secret = "typed by hand" });
        Assert.Equal("typed by hand", JsonDocument.Parse(reset).RootElement.GetProperty("data").GetProperty("secret").GetString());
        var (_, random) = await server.SendAsync(HttpMethod.Post, "/api/v1/extensions/105/secret", new { });
        Assert.Equal(24, JsonDocument.Parse(random).RootElement.GetProperty("data").GetProperty("secret").GetString()!.Length);
    }

    [Fact]
    public async Task Extensions_are_listed_by_pages()
    {
        await using var server = await ApiServer.StartAsync();
        var seen = new List<string>();
        for (string? cursor = "0"; cursor is not null;)
        {
            var page = (await server.JsonAsync($"/api/v1/extensions?limit=4&cursor={cursor}")).GetProperty("data");
            seen.AddRange(page.GetProperty("extensions").EnumerateArray().Select(e => e.GetProperty("number").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        Assert.Equal(Enumerable.Range(100, 11).Select(n => $"{n}"), seen);
    }

    [Theory]
    [InlineData("""{"number":"99"}""", "number")]
    [InlineData("""{"number":"100'; DROP TABLE extensions"}""", "number")]
    [InlineData("""{}""", "number")]
    [InlineData("""{"number":"105","algorithms":"SHA-1"}""", "algorithms")]
    [InlineData("""{"number":"105","srtp":"1"}""", "srtp")]
    [InlineData("""{"number":"105","srtp":"maybe"}""", "srtp")]
    [InlineData("""{"number":"105","codecs":"a,,b"}""", "codecs")]
    [InlineData("""{"number":"105","codecs":"<script>"}""", "codecs")]
    [InlineData("""{"number":"105","displayName":"a\r\nb"}""", "displayName")]
    [InlineData("""{"number":"105","secret":""}""", "secret")]
    public async Task A_field_that_is_not_accepted_is_named(string body, string field)
    {
        var server = shared.Server;
        var (status, text) = await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, field), (status, JsonDocument.Parse(text).RootElement.GetProperty("field").GetString()));
    }

    // Who dials it gets help: an extension there could not be dialled.
    [Fact]
    public async Task No_extension_has_a_number_for_help()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), TestContext.Current.CancellationToken);
        var (status, answer) = await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "112" }, ("X-Tenant", "other"));
        Assert.Equal(409, status);
        Assert.Contains("The number 112 is taken by calls for help (alwaysAllowed of the toll guard)", answer, StringComparison.Ordinal);
        Assert.Null(server.Storage.Directory.Find(new TenantId("other"), "112"));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", new { alwaysAllowed = new[] { "911" } }, ("X-Tenant", "other"))).Status);
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "112" }, ("X-Tenant", "other"))).Status);
    }

    // The same number in two tenants is two extensions.
    [Fact]
    public async Task Extensions_belong_to_their_tenant()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), TestContext.Current.CancellationToken);
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "100", displayName = "Theirs" }, ("X-Tenant", "other"))).Status);
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "7001" }, ("X-Tenant", "other"))).Status); // no range of theirs
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "7" }, ("X-Tenant", "other"))).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "7001" })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/extensions/100", null, ("X-Tenant", "other"))).Status);
        Assert.NotNull(server.Storage.Directory.Find(TenantId.Default, "100"));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Patch, "/api/v1/extensions/101", new { enabled = false }, ("X-Tenant", "other"))).Status);
        Assert.True(server.Storage.Directory.Find(TenantId.Default, "101")!.Enabled);
    }
}
