using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tandem.Calls.Tenants;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;

namespace Tandem.Server.Http;

/// <summary>
/// Every route that is served, asked by everybody who should not get far: nobody, another tenant, each role, a token with one scope less, a token
/// from a wrong address. A route that is added later is walked too.
/// </summary>
public sealed partial class RouteWalkTests
{
    // In everything that the first tenant has, so that it is found wherever it should not be.
    private const string Mark = "firsttenant";

    private static readonly TenantId Other = new("other");

    // Of no tenant, or a list that is empty for who has nothing in it.
    private static readonly string[] WithoutThing = ["/api/users/{username}/calls", "/api/v1/bans/{source}", "/api/v1/tenants/{id}", "/openapi/{documentName}.json"];

    [Fact]
    public async Task Nobody_gets_401_everywhere_but_where_it_is_open()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var asked = 0;
        foreach (var (route, method) in Routes(server).Where(r => r.Route.Metadata.GetMetadata<OpenToLoopback>() is null))
        {
            Assert.Equal((method, Path(route, []), 401), (method, Path(route, []), (await AskAsync(server, route, method, [], null)).Status));
            asked++;
        }

        Assert.InRange(asked, 80, 1_000);
    }

    [Fact]
    public async Task Another_tenant_finds_404_and_nothing_of_the_first_and_changes_nothing_of_it()
    {
        await using var server = await ApiServer.StartAsync(options => Seeds.Recording(ApiServer.Production(options)));
        var ids = await FillAsync(server);
        Assert.Equal(Storage.Tenants.TenantSave.Done, await server.Storage.Tenants.AddAsync(new Tenant(Other, "Other"), Cancellation));
        var (_, secret) = await server.Storage.Tokens.CreateAsync(Other, "stranger", cancellation: Cancellation);
        var stranger = secret.Reveal();
        var operators = (await server.Storage.Tokens.CreateAsync(TenantId.Default, "watcher", cancellation: Cancellation)).Text.Reveal();
        var before = await SeenAsync(server, ids, operators);
        Assert.Contains(Mark, string.Concat(before.Values), StringComparison.Ordinal);

        // A route that is added later needs a thing of the first tenant that it leads to.
        Assert.Equal(WithoutThing, Routes(server).Select(r => Template(r.Route)).Distinct().Where(template => template.Contains('{') && !ids.ContainsKey(template)).Order(StringComparer.Ordinal));

        foreach (var (route, method) in Routes(server))
        {
            var (status, body) = await AskAsync(server, route, method, ids, stranger);
            var needs = route.Metadata.GetMetadata<Needs>()!.Permission;
            var place = $"{method} {Path(route, ids)}: {status} {body}";
            Assert.DoesNotContain(ids.Values.Where(id => id.Length > 8 && !Path(route, ids).Contains(id, StringComparison.Ordinal)), id => body.Contains(id, StringComparison.Ordinal));
            Assert.False(body.Replace(Path(route, ids), "", StringComparison.Ordinal).Contains(Mark, StringComparison.Ordinal) && status < 300 && method == "GET", place);
            if (needs is Permission.TenantsWrite or Permission.SystemRead or Permission.SystemWrite)
                Assert.True(status == 403, place);
            else if (method == "GET" && ids.ContainsKey(Template(route)))
                Assert.True(status == 404, place);
            else if (method == "DELETE" && ids.ContainsKey(Template(route)))
                Assert.True(status == 404, place);

            // A chosen tenant is the operator's alone, whether it exists or not.
            foreach (var tenant in new[] { "default", "none" })
                Assert.Equal(404, (await AskAsync(server, route, method, ids, stranger, ("X-Tenant", tenant))).Status);
        }

        var after = await SeenAsync(server, ids, operators);
        foreach (var (path, body) in before)
            Assert.Equal((path, body), (path, after[path]));
    }

    [Theory]
    [InlineData(Role.ReadOnly)]
    [InlineData(Role.Agent)]
    [InlineData(Role.Supervisor)]
    [InlineData(Role.TenantAdmin)]
    public async Task A_role_gets_403_where_it_has_no_permission_and_only_there(Role role)
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var token = await TokenAsync(server, PermissionSet.All, role);
        foreach (var (route, method) in Routes(server))
        {
            if (route.Metadata.GetMetadata<Needs>() is not { Permission: { } needs })
                continue;

            var may = Roles.PermissionsOf(role).Contains(needs);
            if (may && method != "GET")
                continue;

            var (status, body) = await AskAsync(server, route, method, [], token);
            Assert.True(may ? status != 403 : status == 403, $"{role} {method} {Path(route, [])}: {status} {body}");
        }
    }

    [Fact]
    public async Task A_token_without_the_scope_gets_403_that_names_it()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        foreach (var group in Routes(server).Where(r => r.Route.Metadata.GetMetadata<Needs>()?.Permission is not null).GroupBy(r => r.Route.Metadata.GetMetadata<Needs>()!.Permission!.Value))
        {
            var token = await TokenAsync(server, PermissionSet.All.Except(PermissionSet.Of(group.Key)), Role.Operator);
            foreach (var (route, method) in group)
            {
                var (status, body) = await AskAsync(server, route, method, [], token);
                Assert.True(status == 403 && body.Contains(PermissionSet.Word(group.Key), StringComparison.Ordinal), $"{method} {Path(route, [])}: {status} {body}");
            }
        }
    }

    [Fact]
    public async Task A_token_from_a_wrong_address_is_none()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var wrong = await TokenAsync(server, PermissionSet.All, Role.Operator, "192.0.2.0/24");
        var right = await TokenAsync(server, PermissionSet.All, Role.Operator, "192.0.2.0/24,127.0.0.0/8");
        foreach (var (route, method) in Routes(server).Where(r => r.Route.Metadata.GetMetadata<OpenToLoopback>() is null))
            Assert.Equal((method, Path(route, []), 401), (method, Path(route, []), (await AskAsync(server, route, method, [], wrong)).Status));

        Assert.Equal(200, (await server.GetAsync("/api/calls", ("Authorization", "Bearer " + right))).Status);
    }

    [Fact]
    public async Task What_a_disabled_tenant_has_opens_nothing()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        await server.Storage.Tenants.AddAsync(new Tenant(Other, "Other"), Cancellation);
        var (_, text) = await server.Storage.Tokens.CreateAsync(Other, "robot", cancellation: Cancellation);
        var header = ("Authorization", "Bearer " + text.Reveal());
        Assert.Equal(200, (await server.GetAsync("/api/calls", header)).Status);

        var tenant = (await server.Storage.Tenants.FindAsync(Other, Cancellation))!;
        await server.Storage.Tenants.ChangeAsync(tenant with { Enabled = false }, cancellation: Cancellation);
        Assert.Equal(401, (await server.GetAsync("/api/calls", header)).Status);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [GeneratedRegex(@"\{(?<name>\w+)(:\w+)?\}")]
    private static partial Regex Parameter { get; }

    // What is open to all has no identity to walk with.
    private static IEnumerable<(RouteEndpoint Route, string Method)> Routes(ApiServer server) =>
        from route in server.Routes
        where route.Metadata.GetMetadata<OpenToAll>() is null
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (route, method);

    private static string Template(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    private static string Path(RouteEndpoint route, Dictionary<string, string> ids)
    {
        if (ids.TryGetValue(Template(route), out var path))
            return path;

        return Parameter.Replace(Template(route), match => match.Value.Contains(":int", StringComparison.Ordinal) ? "1" : match.Groups["name"].Value == "documentName" ? "v1" : "no-such-thing");
    }

    private static async Task<(int Status, string Body)> AskAsync(
        ApiServer server, RouteEndpoint route, string method, Dictionary<string, string> ids, string? token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Path(route, ids));
        if (method is not ("GET" or "DELETE"))
        {
            // Another type than the route takes would be refused before anybody looks who asks.
            var types = route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, types.Count == 0 || types.Contains("application/json") ? "application/json" : types[0]);
        }

        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (token is not null)
            request.Headers.Add("Authorization", "Bearer " + token);
        using var response = await server.Client.SendAsync(request, Cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task<string> TokenAsync(ApiServer server, PermissionSet scopes, Role role, string addresses = "") =>
        (await server.Storage.Tokens.CreateAsync(
            TenantId.Default, "robot", grant: new TokenGrant(scopes, role, TenantId.Default, "", addresses), cancellation: Cancellation)).Text.Reveal();

    // Everything that the operator reads of the first tenant, but what moves by itself.
    private static async Task<Dictionary<string, string>> SeenAsync(ApiServer server, Dictionary<string, string> ids, string token)
    {
        var seen = new Dictionary<string, string>();
        foreach (var (route, method) in Routes(server).Where(r => r.Method == "GET"))
        {
            var path = Path(route, ids);
            if (route.Metadata.GetMetadata<Needs>() is { Permission: Permission.SystemRead } || path is "/api/v1/tokens" or "/api/v1/audit" or "/openapi/v1.json")
                continue;

            var (status, body) = await AskAsync(server, route, method, ids, token);

            // Who asks for a WebSocket as for a page is told so.
            var expected = route.Metadata.GetMetadata<TokenInProtocol>() is null ? 200 : 426;
            Assert.False(ids.ContainsKey(Template(route)) && status != expected, $"{path}: {status} {body}");
            seen[path] = body;
        }

        return seen;
    }
}
