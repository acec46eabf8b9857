using Tandem.Calls.Tenants;
using Tandem.Server.Rest;
using Tandem.Storage.Tenants;

namespace Tandem.Server.Http;

public sealed class NeedsTests
{
    [Fact]
    public async Task Every_route_says_what_it_needs_or_that_it_is_open()
    {
        await using var server = await ApiServer.StartAsync();
        var unmarked = server.Routes
            .Where(route => route.Metadata.GetMetadata<Needs>() is null && route.Metadata.GetMetadata<OpenToAll>() is null && route.Metadata.GetMetadata<OpenToLoopback>() is null)
            .Select(route => route.RoutePattern.RawText);

        Assert.Empty(unmarked);
        Assert.InRange(server.Routes.Count, 40, 1_000);
    }

    // What anybody at all can reach must be a decision, not an accident.
    [Fact]
    public async Task Only_these_routes_are_open()
    {
        await using var server = await ApiServer.StartAsync();
        var open = server.Routes.Where(route => route.Metadata.GetMetadata<OpenToAll>() is not null).Select(route => route.RoutePattern.RawText!.TrimEnd('/')).Order();

        Assert.Equal(["/api/v1/recordings/shared/{link}", "/api/v1/sessions", "/docs", "/docs/docs.css", "/docs/docs.js", "/health", "/health/live", "/health/ready", "/sip"], open);
    }

    [Fact]
    public async Task A_chosen_tenant_is_the_one_that_is_seen_and_one_that_cannot_be_is_404()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((404, """{"error":"No such tenant"}"""), await server.GetAsync("/api/extensions", ("X-Tenant", "other")));
        Assert.Equal(TenantSave.Done, await server.Storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), TestContext.Current.CancellationToken));
        Assert.Equal((200, "[]"), await server.GetAsync("/api/extensions", ("X-Tenant", "other")));
        Assert.Equal((200, "[]"), await server.GetAsync("/api/extensions?tenant=other"));
        Assert.Equal(11, (await server.JsonAsync("/api/extensions?tenant=default")).GetArrayLength());
        foreach (var name in new[] { "Other", "a b", "../default", new string('a', 65), "' OR 1=1" })
            Assert.Equal((404, """{"error":"No such tenant"}"""), await server.GetAsync("/api/extensions", ("X-Tenant", name)));
    }

    // A handler's identity is no parameter that a client could send.
    [Fact]
    public async Task The_identity_is_not_among_the_parameters_of_the_api()
    {
        await using var server = await ApiServer.StartAsync();
        var (_, document) = await server.GetAsync("/openapi/v1.json");
        Assert.DoesNotContain("\"who\"", document, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Identity\"", document, StringComparison.Ordinal);
    }
}
