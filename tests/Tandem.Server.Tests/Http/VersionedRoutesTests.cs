using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>Every route of one thing of the configuration tells its version and heeds If-Match (RFC 9110 §13.1.1). A route that is added is versioned, or says here why not.</summary>
public sealed class VersionedRoutesTests
{
    // Things that live and are not configured, or are changed whole by who owns them.
    private static readonly HashSet<string> Live =
    [
        "/api/v1/mailboxes/{number}", "/api/v1/rooms/{name}/routes", "/api/v1/rooms/{name}/routes/{from:int}/{to:int}", "/api/v1/me/password",
        "/api/v1/tokens/{id}", "/api/v1/bans/{source}", "/api/v1/recordings/{id}", "/api/v1/sessions/current", "/api/v1/sessions/{id}", "/api/calls/{id}", "/api/v1/calls/{id}/status", "/api/v1/calls/{id}",
        "/api/v1/rooms/{name}", "/api/v1/rooms/{name}/members/{member:int}", "/api/v1/rooms/{name}/play", "/api/v1/rooms/{name}/group", "/api/v1/recordings/{id}/hold",
        "/api/v1/monitors/{id}", "/api/v1/queues/{name}/members/{number}", "/api/v1/queues/{name}/callbacks/{id}",
        "/api/v1/mailboxes/{number}/voicemail/pin", "/api/v1/mailboxes/{number}/voicemail/greeting", "/api/v1/mailboxes/{number}/messages/{id}",
    ];

    public static TheoryData<string, string, object, object> Things => new()
    {
        { "/api/v1/tenants/acme", "PATCH", new { displayName = "Acme 2" }, new { displayName = "Acme 3" } },
        { "/api/v1/extensions/100", "PATCH", new { displayName = "Ada" }, new { displayName = "Bob" } },
        { "/api/v1/users/ann", "PATCH", new { displayName = "Ann" }, new { displayName = "Anna" } },
        { "/api/v1/webhooks/{id}", "PATCH", new { description = "a" }, new { description = "b" } },
        { "/api/v1/numbers/+4930123456", "PUT", new { target = "101" }, new { target = "102" } },
        { "/api/v1/toll/rules", "PUT", new { maxConcurrent = 3 }, new { maxConcurrent = 4 } },
        { "/api/v1/ivr/flows/main", "PUT", new { steps = new { a = new { @do = "hangup" } } }, new { steps = new { b = new { @do = "hangup" } } } },
        { "/api/v1/profiles/{id}", "PATCH", new { port = 5080 }, new { port = 5090 } },
    };

    [Theory]
    [MemberData(nameof(Things))]
    public async Task Two_who_change_the_same_thing_do_not_undo_each_other(string path, string method, object first, object second)
    {
        await using var server = await ApiServer.StartAsync();
        var verb = new HttpMethod(method);
        path = await MakeAsync(server, path);
        using var read = await server.RawAsync(HttpMethod.Get, path);
        var tag = read.Headers.ETag!.ToString();
        Assert.Equal(304, (await server.GetAsync(path, ("If-None-Match", tag))).Status);

        using var changed = await server.RawAsync(verb, path, first, ("If-Match", tag));
        Assert.Equal(200, (int)changed.StatusCode);
        var next = changed.Headers.ETag!.ToString();
        Assert.NotEqual(tag, next);
        Assert.Equal(412, (await server.SendAsync(verb, path, second, ("If-Match", tag))).Status);
        Assert.Equal(412, (await server.SendAsync(HttpMethod.Delete, path, null, ("If-Match", tag))).Status);
        Assert.Equal(200, (await server.GetAsync(path, ("If-None-Match", tag))).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, path, null, ("If-Match", next))).Status);
    }

    // The second looks at the version when the first is done, so that exactly one of many gets through.
    [Fact]
    public async Task Of_many_at_once_with_one_version_one_gets_through()
    {
        await using var server = await ApiServer.StartAsync();
        const string path = "/api/v1/extensions/100";
        using var read = await server.RawAsync(HttpMethod.Get, path);
        var tag = read.Headers.ETag!.ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => server.SendAsync(HttpMethod.Patch, path, new { displayName = $"name {i}" }, ("If-Match", tag))));
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(11, answers.Count(answer => answer.Status == 412));
    }

    [Theory]
    [InlineData("/api/v1/prompts/hello")]
    [InlineData("/api/v1/music/quiet/piece")]
    public async Task A_sound_is_replaced_only_as_it_was_seen(string path)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, tag) = await PutSoundAsync(server, path, ("If-None-Match", "*"));
        Assert.Equal(201, status);
        Assert.Equal(412, (await PutSoundAsync(server, path, ("If-None-Match", "*"))).Status);
        Assert.Equal(412, (await PutSoundAsync(server, path, ("If-Match", "\"other\""))).Status);
        Assert.Equal(200, (await PutSoundAsync(server, path, ("If-Match", tag))).Status);
    }

    [Fact]
    public async Task A_tenant_that_is_full_stores_no_sound_and_records_nothing_until_there_is_room()
    {
        await using var server = await ApiServer.StartAsync(Seeds.Recording);
        Assert.Equal(201, (await PutSoundAsync(server, "/api/v1/prompts/first", ("X-None", "1"))).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/tenants/default", new { limits = new { storageBytes = 100 } })).Status);
        Assert.Equal(409, (await PutSoundAsync(server, "/api/v1/prompts/second", ("X-None", "1"))).Status);
        Assert.Equal(409, (await PutSoundAsync(server, "/api/v1/music/quiet/second", ("X-None", "1"))).Status);
        var order = new Calls.Recording.RecordingOrder(TenantId.Default, null, "100", "101", Media.Recording.RecordingChannels.Stereo);
        Assert.Null(server.Recordings.TryStart(order, out var problem));
        Assert.Contains("limits.storageBytes", problem, StringComparison.Ordinal);

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/tenants/default", new { limits = new { storageBytes = 10_000_000 } })).Status);
        Assert.Equal(201, (await PutSoundAsync(server, "/api/v1/prompts/second", ("X-None", "1"))).Status);
    }

    [Fact]
    public async Task A_price_list_is_replaced_only_as_it_was_seen()
    {
        await using var server = await ApiServer.StartAsync();
        using var read = await server.RawAsync(HttpMethod.Get, "/api/v1/toll/prices");
        Assert.Equal(200, await PricesAsync("49,0.01", read.Headers.ETag!.ToString()));
        Assert.Equal(412, await PricesAsync("49,0.02", read.Headers.ETag!.ToString()));

        async Task<int> PricesAsync(string text, string tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/toll/prices") { Content = new StringContent(text) };
            request.Headers.TryAddWithoutValidation("If-Match", tag);
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Every_route_that_changes_a_thing_is_versioned_or_named_here()
    {
        await using var server = await ApiServer.StartAsync();
        var without = from route in server.Routes
                      let template = "/" + route.RoutePattern.RawText!.Trim('/')
                      where route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(m => m is "PUT" or "PATCH" or "DELETE") == true
                          && route.Metadata.GetMetadata<Versioned>() is null && !Live.Contains(template) && !template.StartsWith("/api/users/", StringComparison.Ordinal)
                      select template;
        Assert.Empty(without.Distinct());
    }

    private static async Task<string> MakeAsync(ApiServer server, string path)
    {
        await server.Storage.Tenants.AddAsync(new Tenant(new TenantId("acme"), "Acme"), TestContext.Current.CancellationToken);
        await server.Storage.Users.AddAsync(TenantId.Default, "ann", "", Role.Agent, new Secret("long enough"), TestContext.Current.CancellationToken);
        await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/+4930123456", new { target = "100" });
        await server.SendAsync(HttpMethod.Put, "/api/v1/ivr/flows/main", new { name = "Main", steps = new { a = new { @do = "hangup" } } });
        var (kind, body) = path.Contains("webhooks", StringComparison.Ordinal)
            ? ("webhooks", (object)new { url = "https://example.org/hook" })
            : ("profiles", new { name = "carrier", server = "sip.provider.test", userName = "ada", password = "x" });
        if (!path.Contains("{id}", StringComparison.Ordinal))
            return path;

        var made = await server.SendAsync(HttpMethod.Post, $"/api/v1/{kind}", body);
        return path.Replace("{id}", JsonDocument.Parse(made.Body).RootElement.GetProperty("data").GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Tag)> PutSoundAsync(ApiServer server, string path, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(Seeds.Wav()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "audio/wav");
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, response.Headers.ETag?.ToString() ?? "");
    }
}
